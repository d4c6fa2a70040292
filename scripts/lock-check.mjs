#!/usr/bin/env node
// Checks (or with --fix, mends) the two lock files, so that `npm ci` works from any registry on any machine.
// Plain JavaScript without dependencies: it must run on Node 20 before anything is installed.
//
// npm writes no lock entry for a platform package that the registry did not serve when the lock was made, and then
// `npm ci` refuses the lock ("Missing: … from lock file"). A stub entry (version, os, cpu, no integrity) cures that.
// A stub is never installed on the platforms we promise, so it is refused for them, and it has no hash to be held to:
// `lock-stubs.json` names each of them with the reason, and nothing else may lack its hash.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

// Where a stub is never acceptable. Porter's own tools run on both; the machine image is built for Fly, whose
// machines are x64, and some agent CLIs have no arm64 package in every release.
const PROMISED = { ".": ["x64", "arm64"], "agent-image": ["x64"], "agent-image/tools": ["x64"] };
const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const OWN_FIELDS = ["dependencies", "devDependencies", "optionalDependencies"];
const SYSTEMS = {
  android: "android",
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  netbsd: "netbsd",
  openbsd: "openbsd",
  openharmony: "openharmony",
  sunos: "sunos",
  aix: "aix",
  wasi: "wasi",
  win32: "win32",
  windows: "win32",
};
const PROCESSORS = {
  64: "x64",
  arm64: "arm64",
  arm: "arm",
  ia32: "ia32",
  loong64: "loong64",
  mips64el: "mips64el",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  wasm32: "wasm32",
  x64: "x64",
};

/** Where npm would look for `name` from the package at `from`: the keys of the lock, nearest first. */
function lookupKeys(from, name) {
  const keys = [];
  let at = from;
  for (;;) {
    keys.push(`${at === "" ? "" : `${at}/`}node_modules/${name}`);
    if (at === "") return keys;
    const cut = at.lastIndexOf("node_modules/");
    at = cut <= 0 ? "" : at.slice(0, cut - 1);
  }
}

/** The platform that a package's name speaks of, e.g. `@oxlint/binding-linux-x64-musl` → linux, x64, musl. */
export function platformOf(name) {
  const words = name.slice(name.indexOf("/") + 1).split(/[-_.]/);
  const os = words.map((word) => SYSTEMS[word]).find(Boolean);
  const cpu = words.map((word) => PROCESSORS[word]).findLast(Boolean);
  const libc = words.some((word) => word.startsWith("musl")) ? "musl" : undefined;
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }) };
}

const isStub = (entry) => entry.optional === true && entry.integrity === undefined && entry.link !== true;

function promisedProcessor(entry, promised) {
  const linux = entry.os === undefined || entry.os.includes("linux");
  const glibc = entry.libc === undefined || entry.libc.includes("glibc");
  if (!linux || !glibc) return undefined;
  return promised.find((cpu) => entry.cpu === undefined || entry.cpu.includes(cpu));
}

/** Optional dependencies that no entry satisfies, as `[parent key, name, wanted version]`. */
function unmetOptionals(packages) {
  const unmet = [];
  for (const [key, entry] of Object.entries(packages)) {
    for (const [name, spec] of Object.entries(entry.optionalDependencies ?? {})) {
      const found = lookupKeys(key, name).find((candidate) => packages[candidate]);
      const wanted = spec.replace(/^[\^~]/, "");
      // A stub of another version does not satisfy an exact wish; a real entry was resolved by npm itself.
      const satisfied = found && !(isStub(packages[found]) && EXACT.test(spec) && packages[found].version !== wanted);
      if (!satisfied) unmet.push([key, name, wanted]);
    }
  }
  return unmet;
}

/** Mends `lock` in place: drops registry addresses, adds the missing stubs. Answers what it changed, a line each. */
export function mendLock(lock) {
  const changes = [];
  for (const [key, entry] of Object.entries(lock.packages)) {
    if (/^https?:/.test(entry.resolved ?? "")) {
      delete entry.resolved;
      changes.push(`${key}: dropped its registry address`);
    }
  }
  for (const [key, name, version] of unmetOptionals(lock.packages)) {
    const top = `node_modules/${name}`;
    const at = lock.packages[top] ? `${key}/${top}` : top;
    const dev = lock.packages[key].dev === true ? { dev: true } : {};
    lock.packages[at] = { version, optional: true, ...dev, ...platformOf(name) };
    changes.push(`${at}: stub for ${version}`);
  }
  return changes;
}

/** Everything wrong with one package.json and its lock, one sentence each. `promised`: processors that need no stub. */
export function lockFaults(manifest, lock, promised) {
  const found = [];
  for (const field of OWN_FIELDS) {
    for (const [name, spec] of Object.entries(manifest[field] ?? {})) {
      if (!EXACT.test(spec)) found.push(`${field} ${name}: "${spec}" is not an exact version`);
      if (lock.packages[""]?.[field]?.[name] !== spec) found.push(`${field} ${name}: the lock does not say ${spec}`);
    }
  }
  for (const [key, entry] of Object.entries(lock.packages)) {
    if (/^https?:/.test(entry.resolved ?? "")) found.push(`${key}: holds a registry's address`);
    if (key === "" || entry.link === true || entry.integrity !== undefined) continue;
    if (!isStub(entry)) found.push(`${key}: has no integrity`);
    const cpu = isStub(entry) && promisedProcessor(entry, promised);
    if (cpu) found.push(`${key}: a stub is not accepted for linux-${cpu}`);
  }
  for (const [key, name] of unmetOptionals(lock.packages))
    found.push(`${key}: its optional dependency ${name} is missing`);
  return found;
}

/** Entries whose content no hash holds: what is installed from them is whatever a registry serves that day. */
const withoutIntegrity = (lock) =>
  Object.entries(lock.packages).flatMap(([key, entry]) =>
    key === "" || entry.link === true || entry.integrity !== undefined ? [] : [key],
  );

/** Entries without integrity that nobody named, and names that are of no such entry, one sentence each. */
export function namingFaults(lock, named) {
  const lacking = withoutIntegrity(lock);
  return [
    ...lacking.filter((key) => !named.includes(key)).map((key) => `${key}: has no integrity, and nobody says why`),
    ...named.filter((key) => !lacking.includes(key)).map((key) => `${key}: is named as a stub and is none`),
  ];
}

/** What a lock says of the hashes it has is of their own form. */
export const formFaults = (lock) =>
  Object.entries(lock.packages).flatMap(([key, { integrity }]) =>
    integrity === undefined || /^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity)
      ? []
      : [`${key}: its integrity is no SHA-512`],
  );

function main() {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..");
  const fix = process.argv.includes("--fix");
  const lines = [];
  const stubsPath = join(root, "scripts", "lock-stubs.json");
  const stubs = JSON.parse(readFileSync(stubsPath, "utf8"));
  for (const [folder, promised] of Object.entries(PROMISED)) {
    const lockPath = join(root, folder, "package-lock.json");
    if (!existsSync(lockPath)) {
      lines.push(`${folder}/package-lock.json is missing: run \`npm install --package-lock-only\` there`);
      continue;
    }
    const lock = JSON.parse(readFileSync(lockPath, "utf8"));
    if (fix) {
      const changes = mendLock(lock);
      if (changes.length > 0) writeFileSync(lockPath, `${JSON.stringify(lock, null, 2)}\n`);
      for (const change of changes) console.log(`${folder}: ${change}`);
      // Real packages lose no hash without somebody seeing it: only a stub that was made where the hash is missing is named.
      stubs[folder] = withoutIntegrity(lock)
        .filter((key) => isStub(lock.packages[key]))
        .toSorted();
      writeFileSync(stubsPath, `${JSON.stringify(stubs, null, 2)}\n`);
    }
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const found = [...lockFaults(manifest, lock, promised), ...namingFaults(lock, stubs[folder]), ...formFaults(lock)];
    lines.push(...found.map((fault) => `${folder}/package-lock.json: ${fault}`));
  }
  for (const line of lines) console.error(line);
  if (lines.length > 0 && !fix) console.error("`npm run lock:fix` mends what can be mended.");
  process.exitCode = lines.length > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
