import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ROOT, runTool, type CheckResult } from "./command.ts";
import { ROOMS, sourceFiles } from "./tree.ts";
import { readJson } from "../../lib/json.ts";

const cruiseSchema = z.object({
  modules: z.array(z.object({ source: z.string(), dependencies: z.array(z.object({ resolved: z.string() })) })),
  summary: z.object({
    totalCruised: z.number(),
    ruleSetUsed: z.object({ forbidden: z.array(z.object({ name: z.string(), comment: z.string() })) }),
    violations: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        rule: z.object({ name: z.string() }),
      }),
    ),
  }),
});

// A file that imports anything begins with an import, after its comments.
const BEGINS_WITH_IMPORT = /^(?:\s|\/\/.*\n|\/\*[\s\S]*?\*\/)*import\b/;

/** Files that the tool left out or whose imports it did not see: a parser that fails silently passes everything. */
function unread(modules: z.infer<typeof cruiseSchema>["modules"]): string[] {
  const seen = new Map(modules.map((module) => [module.source, module.dependencies.length]));
  return sourceFiles().filter((path) => {
    const dependencies = seen.get(path);
    if (dependencies === undefined) return true;
    return dependencies === 0 && BEGINS_WITH_IMPORT.test(readFileSync(join(ROOT, path), "utf8"));
  });
}

const TEST = /\.test\.tsx?$|^server\/testing\//;
/** Folders whose folders are rooms. Files beside these are what every one of them stands on. */
const ROOMS_OF = ["server", "server/tasks"];

/** Rooms that import each other, by type and by way of others too: none can be read, or changed, without the rest. */
function mutual(modules: z.infer<typeof cruiseSchema>["modules"]): string[] {
  const imports = modules
    .filter(({ source }) => !TEST.test(source))
    .flatMap(({ source, dependencies }) => dependencies.map(({ resolved }) => ({ source, resolved })));
  return ROOMS_OF.flatMap((folder) => {
    /** Of each room those that it imports, with a line that says by what. */
    const reach = new Map<string, Map<string, string>>();
    for (const { source, resolved } of imports) {
      const [from, to] = [roomOf(folder, source), roomOf(folder, resolved)];
      if (from === null || to === null || from === to) continue;
      const rooms = reach.get(from) ?? new Map<string, string>();
      reach.set(from, rooms.set(to, `${source} imports ${resolved}`));
    }
    return [...reach].flatMap(([from, rooms]) =>
      [...rooms]
        .filter(([to]) => reaches(reach, to, from))
        .map(([to, line]) => `${line}: ${from} and ${to} import each other`),
    );
  });
}

function reaches(reach: ReadonlyMap<string, ReadonlyMap<string, string>>, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const room of seen) for (const next of reach.get(room)?.keys() ?? []) seen.add(next);
  return seen.has(to);
}

function roomOf(folder: string, path: string): string | null {
  const [room, ...rest] = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split("/") : [];
  return rest.length === 0 ? null : `${folder}/${room}`;
}

const NOUN = "identity|secrets|settings|repositories|mentions|tasks";
const PASSES_ON =
  /^server\/(?:db|github|machines|providers|logs|live|replies|prompts|change-sets)\/|^server\/context\.ts$/;
const OF_A_NOUN = new RegExp(String.raw`^import[ ](?:type[ ])?\{([^}]*)\}[ ]from[ ]"[^"]*/(?:${NOUN})/[^"]*";$`, "gm");
/** Of an import's list: the name that the file has it by. */
const LOCAL = /(\w+)\s*(?:,|$)/g;

/** Whether the file gives this name away, as it is or as another's. */
const isGivenAway = (text: string, name: string): boolean =>
  new RegExp(
    String.raw`^export[ ](?:(?:type[ ])?\{[^}]*\b${name}\b|type[ ]\w+[ ]=[ ]${name};|default[ ]${name};)`,
    "m",
  ).test(text);

/** A noun's type that a room below exports under its own name or another: a lower noun's way to it. */
function passedOn(): string[] {
  return sourceFiles()
    .filter((path) => PASSES_ON.test(path) && !TEST.test(path))
    .flatMap((path) => {
      const text = readFileSync(join(ROOT, path), "utf8");
      const names = [...text.matchAll(OF_A_NOUN)].flatMap(([, list = ""]) =>
        [...list.matchAll(LOCAL)].map(([, name = ""]) => name),
      );
      return names
        .filter((name) => isGivenAway(text, name))
        .map((name) => `${path} passes on ${name}, a noun's type: it would be a lower noun's way to it`);
    });
}

/** "Who may import whom" (.dependency-cruiser.mjs) over every source file. */
export async function checkImports(): Promise<CheckResult> {
  const run = await runTool("depcruise", ["--config", ".dependency-cruiser.mjs", "--output-type", "json", ...ROOMS]);
  const start = run.output.indexOf("{");
  const end = run.output.lastIndexOf("\n}");
  if (start === -1 || end === -1) return { ok: false, output: run.output };
  const { modules, summary } = readJson(cruiseSchema, run.output.slice(start, end + 2));
  const reasons = new Map(summary.ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment]));
  const lines = [
    ...summary.violations.map(({ from, to, rule }) => `${from} imports ${to}: ${reasons.get(rule.name) ?? rule.name}`),
    ...mutual(modules),
    ...passedOn(),
    ...unread(modules).map((path) => `${path}: dependency-cruiser did not read its imports`),
  ];
  return { ok: lines.length === 0, output: lines.join("\n") || `${summary.totalCruised} modules` };
}
