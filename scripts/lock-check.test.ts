import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { ROOT } from "./checks/command.ts";
import { lockFaults, formFaults, type Lock, mendLock, namingFaults, platformOf } from "./lock-check.mjs";

const lockWith = (optionalDependencies: Record<string, string>): Lock => ({
  packages: {
    "": { dependencies: { tool: "1.2.3" } },
    "node_modules/tool": { version: "1.2.3", integrity: "sha512-fake", dev: true, optionalDependencies },
  },
});
const lockSchema = z.object({
  packages: z.record(z.string(), z.looseObject({ version: z.string().optional(), integrity: z.string().optional() })),
});
const manifest = { dependencies: { tool: "1.2.3" } };

test.each([
  ["@oxlint/binding-linux-x64-musl", { os: ["linux"], cpu: ["x64"], libc: ["musl"] }],
  ["@oxc-parser/binding-openharmony-arm64", { os: ["openharmony"], cpu: ["arm64"] }],
  ["@oxc-parser/binding-linux-arm-musleabihf", { os: ["linux"], cpu: ["arm"], libc: ["musl"] }],
  ["@cloudflare/workerd-windows-64", { os: ["win32"], cpu: ["x64"] }],
  ["@tailwindcss/oxide-wasm32-wasi", { os: ["wasi"], cpu: ["wasm32"] }],
  ["opencode-linux-x64-baseline", { os: ["linux"], cpu: ["x64"] }],
])("reads the platform of %s out of its name", (name, platform) => {
  expect(platformOf(name)).toEqual(platform);
});

test("a missing platform package is a fault, and a stub mends it", () => {
  const lock = lockWith({ "tool-darwin-arm64": "1.2.3" });
  expect(lockFaults(manifest, lock, ["x64"])).toEqual([expect.stringContaining("tool-darwin-arm64 is missing")]);
  mendLock(lock);
  expect(lock.packages["node_modules/tool-darwin-arm64"]).toEqual({
    version: "1.2.3",
    optional: true,
    dev: true,
    os: ["darwin"],
    cpu: ["arm64"],
  });
  expect(lockFaults(manifest, lock, ["x64", "arm64"])).toEqual([]);
  expect(mendLock(lock)).toEqual([]);
});

test("an entry without its hash is a fault", () => {
  const lock = lockWith({});
  lock.packages["node_modules/tool"] = { version: "1.2.3" };
  expect(lockFaults(manifest, lock, ["x64"])).toEqual([expect.stringContaining("has no integrity")]);
});

test("a stub for a platform that we promise is refused", () => {
  const lock = lockWith({ "tool-linux-x64": "1.2.3", "tool-linux-arm64": "1.2.3" });
  mendLock(lock);
  expect(lockFaults(manifest, lock, ["x64", "arm64"])).toEqual([
    expect.stringContaining("not accepted for linux-x64"),
    expect.stringContaining("not accepted for linux-arm64"),
  ]);
});

test("a stub of an older version does not satisfy its parent", () => {
  const lock = lockWith({ "tool-darwin-x64": "1.2.3" });
  lock.packages["node_modules/tool-darwin-x64"] = { version: "1.2.2", optional: true, os: ["darwin"], cpu: ["x64"] };
  expect(lockFaults(manifest, lock, ["x64"])).toHaveLength(1);
});

test("a registry's address is a fault, and is dropped", () => {
  const lock = lockWith({});
  lock.packages["node_modules/tool"] = {
    version: "1.2.3",
    integrity: "sha512-fake",
    resolved: "https://npm.example/t.tgz",
  };
  expect(lockFaults(manifest, lock, ["x64"])).toEqual([expect.stringContaining("registry's address")]);
  mendLock(lock);
  expect(lockFaults(manifest, lock, ["x64"])).toEqual([]);
});

test("a version range, or a lock that disagrees with package.json, is a fault", () => {
  const found = lockFaults({ dependencies: { tool: "^1.2.3" } }, lockWith({}), ["x64"]);
  expect(found).toEqual([
    expect.stringContaining("not an exact version"),
    expect.stringContaining("the lock does not say"),
  ]);
});

test("an entry without a hash is a fault unless it is named, and so is a name without such an entry", () => {
  const lock = lockWith({ "tool-darwin-x64": "1.2.3" });
  mendLock(lock);
  const stub = "node_modules/tool-darwin-x64";
  expect(namingFaults(lock, [])).toEqual([expect.stringContaining("tool-darwin-x64: has no integrity")]);
  expect(namingFaults(lock, [stub])).toEqual([]);
  expect(namingFaults(lock, [stub, "node_modules/gone"])).toEqual([expect.stringContaining("gone: is named")]);
  const planted = { packages: { ...lock.packages, "node_modules/planted": { version: "6.6.6" } } };
  expect(namingFaults(planted, [stub])).toEqual([expect.stringContaining("planted: has no integrity")]);
  const weak = { packages: { "node_modules/weak": { version: "1.0.0", integrity: "sha1-fake" } } };
  expect(formFaults(weak)).toHaveLength(1);
});

test.each(["package-lock.json", "agent-image/package-lock.json"])(
  "%s has a hash, or a reason, for everything",
  (file) => {
    const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), "utf8"));
    const stubs = z
      .record(z.string(), z.union([z.string(), z.array(z.string())]))
      .parse(read("scripts/lock-stubs.json"));
    const lock = lockSchema.parse(read(file));
    const named = stubs[dirname(file)];
    expect(stubs.reason).not.toBe("");
    expect([...namingFaults(lock, Array.isArray(named) ? named : []), ...formFaults(lock)]).toEqual([]);
    // One that loses its hash is found.
    const [key = "", entry] = Object.entries(lock.packages).find(([, { integrity }]) => integrity !== undefined) ?? [];
    const planted: Lock = { packages: { ...lock.packages, [key]: { version: entry?.version ?? "" } } };
    expect(namingFaults(planted, Array.isArray(named) ? named : [])).toEqual([expect.stringContaining(key)]);
  },
);
