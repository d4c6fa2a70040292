// With a program that stands for docker: there is no engine where tests run. It notes its arguments, and "pushes".
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "./checks/command.ts";

const DIGEST = `sha256:${"c".repeat(64)}`;
const BASE = `sha256:${"b".repeat(64)}`;
let bin = "";
beforeAll(() => {
  bin = mkdtempSync(join(tmpdir(), "porter-docker-"));
  const program = `#!${process.execPath}
const { appendFileSync, writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
appendFileSync(${JSON.stringify(join(bin, "calls"))}, args.join(" ") + "\\n");
if (args[1] === "imagetools") console.log(JSON.stringify({ digest: "${BASE}" }));
const metadata = args.indexOf("--metadata-file");
if (metadata > 0) writeFileSync(args[metadata + 1], JSON.stringify({ "containerimage.digest": "${DIGEST}" }));
`;
  writeFileSync(join(bin, "docker"), program);
  chmodSync(join(bin, "docker"), 0o755);
});
afterAll(() => rmSync(bin, { recursive: true, force: true }));

function build(...args: string[]): { lines: string[]; built: string } {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}` };
  const program = [join(ROOT, "scripts/image-build.ts"), ...args];
  const { stdout } = spawnSync(process.execPath, program, { encoding: "utf8", env });
  const calls = readFileSync(join(bin, "calls"), "utf8").trim().split("\n");
  return { lines: stdout.trim().split("\n"), built: calls.at(-1) ?? "" };
}

test("a push goes under latest and the tag, from the base's digest, and is named by its own", () => {
  const { lines, built } = build("--push", "registry.test/porter-agent", "--tag", "v1.2.0");
  expect(lines.at(-1)).toBe(`registry.test/porter-agent@${DIGEST}`);
  expect(built).toContain(
    "--push --tag registry.test/porter-agent:latest --tag registry.test/porter-agent:v1.2.0 --platform linux/amd64",
  );
  expect(built).toContain(`--build-arg BASE_DIGEST=${BASE}`);
});

test("without a registry nothing is pushed", () => {
  const { lines, built } = build();
  expect(lines).toEqual(["porter-agent"]);
  expect(built).toContain("--load --tag porter-agent:latest");
  expect(built).not.toContain("--push");
});
