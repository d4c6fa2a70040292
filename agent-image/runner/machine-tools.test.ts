import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { progressRequestSchema } from "../../lib/agent-protocol.ts";
import { readJson } from "../../lib/json.ts";
import { ANY_USER_MODE, RunnerWorld } from "../testing/runner-process.ts";
import { prefixAt } from "./prefix.ts";

describe.each(ANY_USER_MODE)("a run with users: %s", (mode) => {
  test("finds what its agent installs by name, runs none of it itself, and tells Porter once what the image has", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const file = join(world.root, "toolchain.json");
    writeFileSync(file, JSON.stringify({ node: "24.1.0" }));
    const { env, path } = prefixAt("/");
    // A program of a name that the supervisor looks for as well, in every place where programs are looked for.
    const places = path.map((folder) => `"$HOME/.prefix${folder}"`).join(" ");
    const plant = `for at in ${places}; do mkdir -p "$at"; printf '#!/bin/sh\\necho theirs; id -u >> "${world.drop}/ran"' > "$at/git"; chmod +x "$at/git"; done`;
    const tell = Object.keys(env).map((name) => `echo "${name}=$${name}" >> env.txt`);
    const sh = [plant, "git > told.txt", ...tell].join("\n");
    await world.run(world.claimAnswer({ sh }), { env: { PORTER_TOOLCHAIN: file } });

    expect(world.porter.completions[0]).toMatchObject({ status: "success", outcome: "changed" });
    expect(world.repository.git("show", "porter/abc:told.txt")).toBe("theirs");
    // Once, by the agent.
    expect(world.repository.git("show", "porter/abc:env.txt")).toMatch(
      /^NPM_CONFIG_PREFIX=\/.*\/home\/\.prefix\/npm$/m,
    );
    expect(linesOf(join(world.drop, "ran"))).toBe(1);
    // With its first report.
    expect(toolchains(world)[0]).toEqual({ node: "24.1.0" });
    expect(toolchains(world).slice(1).filter(Boolean)).toEqual([]);
  });

  test("does without what is no list of tools", async () => {
    await using world = await RunnerWorld.open(mode);
    world.repository.commit("main", { "README.md": "one\n" });
    const file = join(world.root, "toolchain.json");
    writeFileSync(file, JSON.stringify({ node: "the newest" }));
    await world.run(world.claimAnswer({ sh: "echo two >> README.md" }), { env: { PORTER_TOOLCHAIN: file } });
    expect(world.porter.completions[0]).toMatchObject({ outcome: "changed" });
    expect(toolchains(world).filter(Boolean)).toEqual([]);
  });
});

const linesOf = (file: string): number => readFileSync(file, "utf8").trim().split("\n").length;

const toolchains = ({ porter }: RunnerWorld) =>
  porter.calls
    .filter(({ path, status }) => path.endsWith("/progress") && status === 200)
    .map(({ body }) => readJson(progressRequestSchema, body).toolchain);

test("every folder of a prefix is below it, and every program's too", () => {
  const { folders, env, path } = prefixAt("/opt/x");
  for (const folder of [...folders, ...path]) expect(`${folder}/`).toMatch(/^\/opt\/x\//);
  for (const [name, value] of Object.entries(env))
    if (name !== "PIP_BREAK_SYSTEM_PACKAGES") expect(value).toContain("/opt/x/");
});
