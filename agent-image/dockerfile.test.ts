import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { DockerfileParser } from "dockerfile-ast";
import { expect, test } from "vitest";
import { AGENT_IDS, AGENTS } from "../lib/agents.ts";
import { buildRunner } from "./build.ts";
import { prefixAt } from "./runner/prefix.ts";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
const dockerfile = DockerfileParser.parse(read("Dockerfile"));
const argumentsOf = (keyword: string): string[] =>
  dockerfile
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() === keyword)
    .map((instruction) => instruction.getArguments().map(String).join(" "));

/** Its stages by name, each with its base and its commands; what has no name is the whole. */
const stages = new Map<string, { base: string; commands: { keyword: string; argument: string }[] }>();
for (const instruction of dockerfile.getInstructions()) {
  const given = instruction.getArguments().map(String);
  if (instruction.getKeyword() === "FROM") stages.set(given[2] ?? "", { base: given[0] ?? "", commands: [] });
  else [...stages.values()].at(-1)?.commands.push({ keyword: instruction.getKeyword(), argument: given.join(" ") });
}
const argumentsIn = (stage: string, keyword: string): string[] =>
  stages.get(stage)?.commands.flatMap((each) => (each.keyword === keyword ? [each.argument] : [])) ?? [];

test("pins all that it takes from elsewhere by digests that it does not hold", () => {
  const taken = [...stages.values()].map(({ base }) => base).filter((base) => !stages.has(base) && base !== "${BASE}");
  expect(taken).toEqual([
    expect.stringMatching(/^ghcr\.io\/astral-sh\/uv:\d+\.\d+\.\d+@\$\{UV_DIGEST\}$/),
    "node:24-trixie-slim@${BASE_DIGEST}",
  ]);
  // Without a default the reference is `node:24-trixie-slim@`, which no builder accepts.
  expect(argumentsOf("ARG")).toEqual(["BASE_DIGEST", "UV_DIGEST", "BASE=full"]);
  expect(read("Dockerfile")).not.toMatch(/sha256:[0-9a-f]{8}/);
});

const NPM = /\bnpm (?:ci|i|install|exec)\b|\bnpx\b/;
test("installs agents and package managers from their lock files alone", () => {
  for (const [stage, folder] of [
    ["clis", "."],
    ["tools", "tools"],
  ] as const) {
    const npm = argumentsIn(stage, "RUN").filter((command) => NPM.test(command));
    expect(npm).toEqual([expect.stringMatching(/^npm ci --omit=dev --ignore-scripts/)]);
    const { dependencies } = JSON.parse(read(`${folder}/package.json`)) as { dependencies: Record<string, string> };
    const lock = JSON.parse(read(`${folder}/package-lock.json`)) as { packages: Record<string, { version?: string }> };
    for (const [name, version] of Object.entries(dependencies)) {
      expect(version).toMatch(/^\d+\.\d+\.\d+(?:-[a-z0-9]+)?$/);
      expect(lock.packages[`node_modules/${name}`]?.version).toBe(version);
    }
  }
  expect(argumentsOf("RUN").filter((command) => NPM.test(command))).toHaveLength(2);
});

test("has a layer for each agent, a base with each alone, and both bases with all of them", () => {
  const layers = AGENT_IDS.map((id) => {
    const [program = ""] = AGENTS[id].programs("linux-x64");
    const copies = argumentsIn(id, "COPY");
    expect(stages.get(id)).toMatchObject({ base: "base", commands: [{ keyword: "COPY" }] });
    const folder = copies[0]?.split(" ")[0] ?? "";
    expect(`/opt/porter/node_modules/${program}`.startsWith(`${folder}/`)).toBe(true);
    expect(copies).toEqual([`${folder} ${folder}`]);
    return copies[0];
  });
  expect([...stages.keys()].at(-1)).toBe("");
  expect(stages.get("")?.base).toBe("base");
  expect(new Set(argumentsIn("", "COPY"))).toEqual(new Set(layers));
  expect(stages.get("base")?.base).toBe("${BASE}");
  expect(stages.get("full")?.base).toBe("slim");
});

test("gives root no folder to look for programs in that the agent may write to", () => {
  const environment = argumentsOf("ENV").join(" ");
  expect(environment).not.toMatch(/\bPATH=/);
  const root = /PORTER_PREFIX=(\S+)/.exec(environment)?.[1] ?? "";
  const { env, path } = prefixAt(root);
  expect(path.length).toBeGreaterThan(0);
  for (const folder of [...path, ...Object.values(env)]) expect(environment).not.toContain(folder);
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
  expect(sources.toSorted()).toEqual([
    "dist/runner.mjs",
    "dist/side-program.mjs",
    "package-lock.json",
    "package.json",
    "tools/package-lock.json",
    "tools/package.json",
  ]);
  for (const source of sources) expect(read(source).length).toBeGreaterThan(0);
  const allowed = read(".dockerignore").split("\n").filter(Boolean);
  expect(allowed[0]).toBe("*");
  expect(allowed.slice(1).toSorted()).toEqual(sources.map((source) => `!${source}`).toSorted());
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
