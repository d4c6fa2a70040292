import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, expect, test } from "vitest";

type Seen = { path: string; authorization: string | undefined; body: unknown };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that answers like Porter's operator paths. */
async function porter(answer: (seen: Seen, count: number) => { status: number; body: unknown }) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const asked = {
        path: `${request.method} ${request.url}`,
        authorization: request.headers.authorization,
        body: text === "" ? null : (JSON.parse(text) as unknown),
      };
      seen.push(asked);
      const { status, body } = answer(asked, seen.length);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, seen };
}

function run(script: string, args: string[], token?: string) {
  const { OPERATOR_TOKEN: _outer, PUBLIC_URL: _url, ...env } = process.env;
  const given = token === undefined ? env : { ...env, OPERATOR_TOKEN: token };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, [`scripts/${script}.ts`, ...args], { env: given }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}
const token = "fake-operator-token-of-the-tests-0000";

test("the doctor prints each part, and the fix of what is red", async () => {
  const checks = [
    { name: "database", required: true, ok: true, message: "D1 answers.", fix: null },
    { name: "schema", required: true, ok: false, message: "Not applied: 0001_x.sql.", fix: "Run npm run migrate." },
    { name: "clock", required: false, ok: false, message: "It stopped.", fix: "See the cron trigger." },
  ];
  const { url, seen } = await porter(() => ({ status: 503, body: { ok: false, checks } }));
  const { code, out } = await run("doctor", ["--url", `${url}/`], token);
  expect(code).toBe(1);
  expect(out).toMatch(/✓ database .*D1 answers/);
  expect(out).toMatch(/✗ schema .*0001_x\.sql\.\n {2}fix: Run npm run migrate\./);
  expect(out).toMatch(/! clock/);
  expect(seen).toEqual([{ path: "GET /api/startup/check", authorization: `Bearer ${token}`, body: null }]);
});

test("without a token the doctor says what is red and how to learn why", async () => {
  const checks = [{ name: "keys", required: true, ok: false }];
  const { url, seen } = await porter(() => ({ status: 503, body: { ok: false, checks } }));
  const { code, out, err } = await run("doctor", ["--url", url]);
  expect([code, out.trim()]).toEqual([1, "✗ keys"]);
  expect(err).toContain("OPERATOR_TOKEN");
  expect(seen[0]?.authorization).toBeUndefined();
});

test("the rotation asks until no cursor is left, and names the key that can go", async () => {
  const step = { currentVersion: 2, rewrapped: 100, unreadable: 0, inUse: [{ version: 1, rows: 3 }], removable: [] };
  const { url, seen } = await porter((_asked, count) => ({
    status: 200,
    body:
      count === 1
        ? { ...step, cursor: "0:100" }
        : { ...step, rewrapped: 7, cursor: null, inUse: [{ version: 2, rows: 9 }], removable: [1] },
  }));
  const { code, out } = await run("keys-rotate", ["--url", url], token);
  expect(code).toBe(0);
  expect(out).toContain("107 values under version 2");
  expect(out).toContain("Version 1 can be removed");
  expect(seen.map(({ body }) => body)).toEqual([{ cursor: null }, { cursor: "0:100" }]);
});

test("values that no key opens end the rotation with 1", async () => {
  const body = { currentVersion: 2, rewrapped: 0, unreadable: 2, inUse: [], removable: [], cursor: null };
  const { url } = await porter(() => ({ status: 200, body }));
  const { code, err } = await run("keys-rotate", ["--url", url], token);
  expect(code).toBe(1);
  expect(err).toContain("2 values are under a key that is not configured");
});

test("a refused token is one sentence; a missing one or a missing address is wrong usage", async () => {
  const { url } = await porter(() => ({ status: 403, body: { error: {} } }));
  const refused = await run("keys-rotate", ["--url", url], token);
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("OPERATOR_TOKEN")]);
  expect((await run("keys-rotate", ["--url", url])).code).toBe(2);
  expect((await run("doctor", [])).code).toBe(2);
});

test("no Porter at the address is one sentence, never a stack", async () => {
  const { code, err } = await run("doctor", ["--url", "http://127.0.0.1:9"], token);
  expect(code).toBe(1);
  expect(err).toMatch(/^http:\/\/127\.0\.0\.1:9 does not answer: .*\n$/);
});
