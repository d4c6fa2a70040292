// A machine of bench/set-memory.ts: hands over the largest set that Porter takes, 50 MB in 5,000 paths, among them two
// files of 20 MB, one of text and one of bytes.
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { claimAnswerSchema, machineFileSchema } from "../lib/agent-protocol.ts";
import { CHANGE_SET_LIMITS, CHANGE_SET_VERSION } from "../lib/change-set.ts";
import { readJson } from "../lib/json.ts";
import { LARGEST_FILE_BYTES } from "../lib/held-back.ts";

const machine = readJson(
  machineFileSchema,
  readFileSync(process.env["PORTER_TASK_FILE"] ?? "/porter/task.json", "utf8"),
);
const ref = { taskId: machine.taskId, attempt: machine.attempt };
const PATHS = Number(process.env["SET_PATHS"] ?? CHANGE_SET_LIMITS.paths);
const LARGE_BYTES = Number(process.env["SET_LARGE_BYTES"] ?? LARGEST_FILE_BYTES);

async function send(path: string, bearer: string, body: BodyInit): Promise<unknown> {
  const headers = { authorization: `Bearer ${bearer}`, "content-type": "application/octet-stream" };
  const answer = await fetch(`${machine.porterUrl}/api/callbacks/${path}`, { method: "POST", headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path.slice(0, 12)} answered ${answer.status}: ${text}`);
  return JSON.parse(text);
}
const post = (kind: string, bearer: string, body: object) => send(kind, bearer, JSON.stringify({ ...ref, ...body }));

const nonce = randomBytes(48).toString("base64url");
const asked = { protocol: machine.protocol, nonce, machineId: process.env["FLY_MACHINE_ID"] };
const claim = claimAnswerSchema.parse(await post("claim", machine.claimToken, asked));
const token = claim.callbackToken;
await post("progress", token, { seq: 1, phase: "working", steps: 1, lastStep: null, usage: null, records: [] });

const folder = join(process.cwd(), "work", "repo");
const url = Object.assign(new URL(claim.repository.cloneUrl), { username: "x", password: claim.git.token });
mkdirSync(folder, { recursive: true });
const git = (...args: string[]): string =>
  execFileSync("git", args, { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "ignore"] });
git("clone", "-q", url.href, ".");
const base = git("rev-parse", "HEAD").trim();
const put = (path: string, content: string | Buffer): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
};
const line = (at: number): string =>
  `export const value${at} = "${createHash("sha1").update(String(at)).digest("hex")}";\n`;
put("large/bytes.bin", Buffer.concat([Buffer.from([0]), randomBytes(LARGE_BYTES - 1)]));
let text = "";
for (let at = 0; text.length < LARGE_BYTES - 100; at += 1) text += line(at);
put("large/text.ts", text);
const left = CHANGE_SET_LIMITS.totalBytes - LARGE_BYTES - text.length;
const each = Math.floor(Math.min(left, 10 * 1024 ** 2) / PATHS / 100);
for (let at = 0; at < PATHS - 2; at += 1) {
  const lines = Array.from({ length: Math.max(1, each) }, (_, nth) => line(at * 1000 + nth)).join("");
  put(`src/area-${at % 40}/part-${at % 7}/a-file-with-a-name-of-usual-length-${at}.ts`, lines);
}
git("add", "-A");
git("-c", "user.name=a", "-c", "user.email=a@example.test", "commit", "-q", "-m", "The largest set");

const blobs = new Map<string, Buffer>();
const paths = git("diff-tree", "-r", "-z", "--no-renames", base, "HEAD")
  .split("\0")
  .flatMap((fields, at, all) => (fields.startsWith(":") ? [{ fields, path: all[at + 1] ?? "" }] : []))
  .map(({ fields, path }) => {
    const [, mode = "", , sha = ""] = fields.split(" ");
    blobs.set(sha, readFileSync(join(folder, path)));
    return { path, entry: { mode, sha } };
  });
const all = Buffer.concat([...blobs.values()]);
const parts: { number: number; size: number; sha256: string }[] = [];
const { partBytes } = CHANGE_SET_LIMITS;
for (let at = 0; at < all.length; at += partBytes) {
  const content = new Uint8Array(all.subarray(at, at + partBytes));
  const number = parts.length + 1;
  const sha256 = createHash("sha256").update(content).digest("hex");
  const names = { task: ref.taskId, attempt: ref.attempt, set: 1, kind: "content", number, sha256 };
  const query = new URLSearchParams(Object.entries(names).map(([name, value]) => [name, String(value)]));
  await send(`part?${query}`, token, content);
  parts.push({ number, size: content.length, sha256 });
}
let at = 0;
const tree = git("rev-parse", "HEAD^{tree}").trim();
const commit = {
  sha: git("rev-parse", "HEAD").trim(),
  tree,
  parents: [base],
  message: "The largest set",
  author: "a",
  paths,
};
const manifest = {
  version: CHANGE_SET_VERSION,
  base,
  baseTree: git("rev-parse", `${base}^{tree}`).trim(),
  tree,
  commits: [commit],
  parts,
  blobs: [...blobs].map(([sha, { length: size }]) => {
    const place = { sha, size, part: Math.floor(at / partBytes) + 1, at: at % partBytes };
    at += size;
    return place;
  }),
  heldBack: [],
  heldEntries: [],
  notes: [],
  otherLines: [],
};
await post("changes", token, { set: 1, manifest, tooLarge: null, bundle: [], patch: [] });
console.log(`handed over: ${paths.length} paths, ${all.length} bytes`);
const word = { status: "success", outcome: "changed", title: "The largest set", summary: "All of it.", changeSet: 1 };
await post("complete", token, { ...word, lastSeq: 1 });
