import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import wordListPath from "word-list";
import { z } from "zod";
import { AGENT_RUNNERS } from "../agent-image/runner/agents/index.ts";
import { REFUSAL_NAMES } from "../agent-image/testing/agent-script.ts";
import { AGENT_SCRIPTS } from "../agent-image/testing/agent-scripts.ts";
import { AGENT_IDS, agentFromName, AGENTS, namesOf, providersOf, UNSUPPORTED_AGENTS } from "../lib/agents.ts";
import { VERBS } from "../lib/commands/command.ts";
import { nearestName, nearAgent } from "../lib/commands/near-words.ts";
import { parseComment } from "../lib/commands/parse.ts";
import { readJson } from "../lib/json.ts";
import { resolveModel } from "../lib/model-family.ts";
import { providerFor } from "../lib/model-provider.ts";
import { modelsOf } from "../lib/models.ts";
import { PROVIDERS } from "../lib/providers.ts";
import { ENDINGS } from "../local/streams/endings.ts";
import { readRecordings } from "../local/streams/recording.ts";
import { AGENTS_PAGE, agentsPage } from "./agents-page.ts";
import { ROOT } from "./checks/command.ts";

const page = readFileSync(AGENTS_PAGE, "utf8");
const { dependencies } = readJson(
  z.object({ dependencies: z.record(z.string(), z.string()) }),
  readFileSync(join(ROOT, "agent-image/package.json"), "utf8"),
);
const lock = readJson(
  z.object({ packages: z.record(z.string(), z.looseObject({ version: z.string().optional() })) }),
  readFileSync(join(ROOT, "agent-image/package-lock.json"), "utf8"),
);
const recorded = new Set(readRecordings().map(({ name }) => name));

describe.each(AGENT_IDS)("%s", (id) => {
  const manifest = AGENTS[id];

  it("is found by each of its names and by its key in saved settings, and by no other agent's", () => {
    for (const name of [...namesOf(id), manifest.settingsKey])
      expect([name, agentFromName(name.toUpperCase())]).toEqual([name, id]);
    expect(UNSUPPORTED_AGENTS.filter((name) => agentFromName(name) !== null)).toEqual([]);
  });

  it("has a default that is one of its models, or none where its vendor chooses", () => {
    const { defaultModel, provider, namesProvider, shortNames } = manifest;
    if (defaultModel === null) return expect(modelsOf(provider)).toEqual([]);
    expect(providersOf(id).some((one) => modelsOf(one).length > 0)).toBe(true);
    expect(providerFor(id, null)).toBe(provider);
    const model = resolveModel(id, defaultModel, null) ?? "";
    const names = modelsOf(provider).map((one) => (namesProvider ? `${provider}/${one.id}` : one.id));
    expect([...names, ...shortNames]).toContain(model);
  });

  it("is metered if and only if its provider serves models", () => {
    expect(manifest.isMetered).toBe(PROVIDERS[manifest.provider].servesModels);
  });

  it("has a runner of its own folder, and its program is pinned", () => {
    expect(AGENT_RUNNERS[id].id).toBe(id);
    expect(existsSync(join(ROOT, `agent-image/runner/agents/${id}/runner.ts`))).toBe(true);
    expect(dependencies[manifest.package]).toMatch(/^\d/);
    for (const program of manifest.programs("linux-x64")) {
      const name = program.split("/").slice(0, program.startsWith("@") ? 2 : 1);
      expect(lock.packages[`node_modules/${name.join("/")}`]?.version, program).toBeDefined();
    }
  });

  it("has a script, and a recording of each of its endings", () => {
    const { model, prints } = AGENT_SCRIPTS[id];
    expect(model !== null).toBe(manifest.isMetered);
    expect(prints.says("Hello.").length).toBeGreaterThan(0);
    const names = ENDINGS.filter(({ agent }) => agent === id).map(({ name }) => name);
    for (const refusal of model === null ? [] : REFUSAL_NAMES) expect(names).toContain(`${id}-${refusal}`);
    expect(names.filter((name) => !recorded.has(name) || !name.startsWith(`${id}-`))).toEqual([]);
  });

  it("reads what its stand-in prints", () => {
    const { prints } = AGENT_SCRIPTS[id];
    const call = { id: "t1", command: "npm test", exitCode: 3 };
    const lines = [
      ...prints.begins(),
      ...prints.calls(call.id, call.command),
      ...prints.answers(call),
      ...prints.says("Hello."),
      ...prints.ends({ said: "Hello.", isWell: true }),
    ];
    const parser = AGENT_RUNNERS[id].createParser();
    const events = lines.flatMap((line) => parser.line("stdout", JSON.stringify(line)));
    expect(events).toContainEqual(expect.objectContaining({ kind: "tool_call", summary: "npm test" }));
    expect(events).toContainEqual(expect.objectContaining({ kind: "tool_result", ok: false, exitCode: 3 }));
    expect(events.findLast(({ kind }) => kind === "final")).toMatchObject({ text: "Hello.", waiting: false });
  });

  it("has its row in the documents", () => {
    expect(page).toContain(`[${manifest.name}](${manifest.docsUrl})`);
  });
});

it("docs/agents.md is what the manifests say (else: node scripts/agents-page.ts)", () => {
  // The formatter lines the columns up.
  const plain = (text: string): string => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");
  expect(plain(page)).toBe(plain(agentsPage()));
});

describe("an English word that begins instructions", () => {
  const words = readFileSync(wordListPath, "utf8").split("\n").filter(Boolean);
  const isWhole = process.env["PORTER_TEST_RING"] === "all";
  // The first ring reads the words that could be taken for another, and one of fifty of the rest.
  const chosen = words.filter(
    (word, index) => isWhole || index % 50 === 0 || nearAgent(word) !== null || nearestName(word, VERBS) !== null,
  );

  it("is never taken for a misspelt agent or verb", () => {
    expect(words.length).toBeGreaterThan(200_000);
    expect(chosen.length).toBeGreaterThan(5_000);
    const refused = chosen.filter((word) =>
      [`@porter ${word} handling is broken on Windows`, `@porter ${word}: the list is empty`].some((comment) =>
        parseComment(comment, { mentions: ["porter"] }).some(
          (found) => found.kind === "mistake" && (found.code === "unknown_agent" || found.code === "unknown_verb"),
        ),
      ),
    );
    expect(refused).toEqual([]);
  });

  it("does not hide a name that is plainly misspelt", () => {
    const readings = ["opncode fix it", "cluade fix it", "claud fix it", "claude-cod fix it", "ampp fix it"].map(
      (command) => parseComment(`@porter ${command}`, { mentions: ["porter"] }).map((found) => found.kind),
    );
    expect(readings).toEqual(readings.map(() => ["mistake"]));
  });
});
