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

/** Rooms that import each other, by type too: neither can be read, or changed, without the other. */
function mutual(modules: z.infer<typeof cruiseSchema>["modules"]): string[] {
  const found = new Map<string, string>();
  const imports = modules
    .filter(({ source }) => !TEST.test(source))
    .flatMap(({ source, dependencies }) => dependencies.map(({ resolved }) => ({ source, resolved })));
  for (const folder of ROOMS_OF) {
    for (const { source, resolved } of imports) {
      const [from, to] = [roomOf(folder, source), roomOf(folder, resolved)];
      if (from !== null && to !== null && from !== to) found.set(`${from} ${to}`, `${source} imports ${resolved}`);
    }
  }
  return [...found].flatMap(([pair, line]) => {
    const [from = "", to = ""] = pair.split(" ");
    return found.has(`${to} ${from}`) ? [`${line}: ${from} and ${to} import each other`] : [];
  });
}

function roomOf(folder: string, path: string): string | null {
  const [room, ...rest] = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1).split("/") : [];
  return rest.length === 0 ? null : `${folder}/${room}`;
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
    ...unread(modules).map((path) => `${path}: dependency-cruiser did not read its imports`),
  ];
  return { ok: lines.length === 0, output: lines.join("\n") || `${summary.totalCruised} modules` };
}
