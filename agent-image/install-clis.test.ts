import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CliInstallError, ensureAgentClis } from "./install-clis.ts";

let root = "";
let manifestDir = "";
let cacheRoot = "";
const lines: string[] = [];
const install = (): Promise<string> => ensureAgentClis({ log: (line) => lines.push(line), manifestDir, cacheRoot });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "porter-install-"));
  manifestDir = join(root, "manifest");
  cacheRoot = join(root, "cache");
  for (const folder of [manifestDir, cacheRoot]) mkdirSync(folder);
  lines.length = 0;
  writeManifest({});
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A manifest that needs no registry: without dependencies, or with one whose file is missing. */
function writeManifest(dependencies: Record<string, string>): void {
  const own = { name: "fake", version: "1.0.0", dependencies };
  const entries = Object.entries(dependencies).map(([name, file]) => [
    `node_modules/${name}`,
    { version: file, resolved: file },
  ]);
  writeFileSync(join(manifestDir, "package.json"), JSON.stringify(own));
  writeFileSync(
    join(manifestDir, "package-lock.json"),
    JSON.stringify({
      ...own,
      lockfileVersion: 3,
      requires: true,
      packages: { "": own, ...Object.fromEntries(entries) },
    }),
  );
}

it("installs once, where every user can read, and leaves nothing else behind", async () => {
  const old = process.umask(0o077);
  try {
    const nodeModules = await install();
    const [folder, ...others] = readdirSync(cacheRoot);
    expect([nodeModules, others]).toEqual([join(cacheRoot, folder ?? "", "node_modules"), []]);
    expect(folder).toMatch(/^porter-clis-\d+-[0-9a-f]{16}$/);
    expect(statSync(join(cacheRoot, folder ?? "")).mode & 0o777).toBe(0o755);
    expect(lines.length).toBeGreaterThan(1);
    lines.length = 0;
    expect(await install()).toBe(nodeModules);
    expect(lines).toEqual([]);
  } finally {
    process.umask(old);
  }
});

it("ends with the same folder for two that start at once", async () => {
  const [one, two] = await Promise.all([install(), install()]);
  expect(one).toBe(two);
  expect(readdirSync(cacheRoot)).toHaveLength(1);
});

it("does not use a folder that others may write", async () => {
  const nodeModules = await install();
  chmodSync(join(nodeModules, ".."), 0o777);
  await expect(install()).rejects.toThrow(/writable by others: remove it/);
});

it("says in one sentence why it failed and leaves no half-filled folder", async () => {
  writeManifest({ tool: "file:does-not-exist.tgz" });
  const error = await install().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CliInstallError);
  expect(String(error)).toMatch(/^CliInstallError: The agent CLIs did not install .*run the command again\.$/);
  expect(readdirSync(cacheRoot)).toEqual([]);
});
