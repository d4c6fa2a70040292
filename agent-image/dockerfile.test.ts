import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { DockerfileParser } from "dockerfile-ast";
import { expect, test } from "vitest";
import { buildRunner } from "./build.ts";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
const dockerfile = DockerfileParser.parse(read("Dockerfile"));
const argumentsOf = (keyword: string): string[] =>
  dockerfile
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() === keyword)
    .map((instruction) => instruction.getArguments().map(String).join(" "));

test("pins its base by a digest that it does not hold", () => {
  const names = dockerfile.getFROMs().map((from) => from.getImage());
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect(name).toMatch(/^node:24-[a-z-]+@\$\{BASE_DIGEST\}$/);
  // Without a default the reference is `node:24-slim@`, which no builder accepts.
  expect(argumentsOf("ARG")).toEqual(["BASE_DIGEST"]);
  expect(read("Dockerfile")).not.toMatch(/sha256:[0-9a-f]{8}/);
});

test("installs the agent CLIs from the lock file alone", () => {
  const npm = argumentsOf("RUN").filter((command) => command.includes("npm "));
  expect(npm).toHaveLength(1);
  expect(npm[0]).toMatch(/^npm ci --omit=dev --ignore-scripts/);
  const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
  const lock = JSON.parse(read("package-lock.json")) as { packages: Record<string, { version?: string }> };
  for (const [name, version] of Object.entries(dependencies)) {
    expect(version).toMatch(/^\d+\.\d+\.\d+(?:-[a-z0-9]+)?$/);
    expect(lock.packages[`node_modules/${name}`]?.version).toBe(version);
  }
});

test("makes the user of the agent, and starts the runner as root", () => {
  expect(argumentsOf("RUN").join("\n")).toMatch(/useradd .*--uid 10001 .*porter/);
  expect(argumentsOf("USER")).toEqual([]);
  expect(argumentsOf("ENTRYPOINT")).toEqual(['["node", "/opt/porter/runner.mjs"]']);
});

test("copies what the build has, and sends nothing else to it", async () => {
  await buildRunner();
  const sources = dockerfile.getCOPYs().flatMap((copy) => {
    const given = copy.getArguments().map(String);
    return copy.getFlags().length > 0 ? [] : given.slice(0, -1);
  });
  expect(sources).toEqual(["package.json", "package-lock.json", "dist/runner.mjs"]);
  for (const source of sources) expect(read(source).length).toBeGreaterThan(0);
  const allowed = read(".dockerignore").split("\n").filter(Boolean);
  expect(allowed).toEqual(["*", ...sources.map((source) => `!${source}`)]);
});

test("has the programs that seal a machine", () => {
  // unshare, nsenter, setpriv, prlimit and fallocate are util-linux's.
  const installed = argumentsOf("RUN").join("\n");
  for (const name of ["mount", "perl-base", "util-linux"])
    expect(installed).toMatch(new RegExp(`apt-get install .* ${name}\\b`));
});

test("installs git, which the runner needs", () => {
  expect(argumentsOf("RUN").join("\n")).toMatch(/apt-get install .*\bgit\b/);
  expect(argumentsOf("ENV").join("\n")).not.toMatch(/TOKEN|KEY|SECRET/);
  expect(execFileSync("git", ["--version"], { encoding: "utf8" })).toMatch(/git version 2\./);
});
