import { existsSync, readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT } from "./command.ts";

/** An action of somebody else's: a tag can be moved to other code, a commit's digest cannot. */
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;
/** Behind the digest, for people and for whoever brings it up to date. */
const VERSION_COMMENT = / # v\d+(?:\.\d+){0,2}$/;
const USES = /uses: ([\w.-]+\/[\w./-]+)@([0-9a-f]{40})/g;
/** What an expression in a script may name: everything else may be text of a stranger, and would run. */
const OWN_EXPRESSION = /^\s*matrix\.\w+\s*$/;

const stepSchema = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
});
type Step = z.infer<typeof stepSchema>;
const jobSchema = z.looseObject({
  uses: z.string().optional(),
  "timeout-minutes": z.number().optional(),
  steps: z.array(stepSchema).default([]),
});
const workflowSchema = z.looseObject({
  on: z.unknown(),
  permissions: z.record(z.string(), z.string()).optional(),
  concurrency: z.unknown().optional(),
  jobs: z.record(z.string(), jobSchema),
});

const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** What GitHub's own parser says of a workflow; it is what the editor on GitHub runs. */
async function saidByGitHub(name: string, content: string): Promise<string[]> {
  // The package imports its schemas as JSON without saying so, which Node refuses.
  const hooks = registerHooks({
    load: (url, context, next) =>
      next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context),
  });
  try {
    const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await import("@actions/workflow-parser");
    const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
    const early = context.errors.getErrors().map(({ message }) => message);
    if (value === undefined || early.length > 0) return early;
    const { errors = [] } = await convertWorkflowTemplate(context, value);
    return errors.map(({ Message }) => Message);
  } finally {
    hooks.deregister();
  }
}

function mistakesOfUse(uses: string, content: string): string[] {
  if (uses.startsWith("./")) return existsSync(join(ROOT, uses)) ? [] : [`uses ${uses}, which is not there`];
  if (!PINNED.test(uses)) return [`uses ${uses} without the 40 hex digits of a commit`];
  const lines = content.split("\n").filter((line) => line.includes(uses));
  return lines.every((line) => VERSION_COMMENT.test(line)) ? [] : [`${uses} has no version behind it (# v1.2.3)`];
}

/** The commands of package.json that a script runs: `npm run name`, `npm test`, with npm's own flags between. */
function commandsIn(script: string): string[] {
  const words = script.split(/[\s;&|()"'`]+/);
  return words.flatMap((word, index) => {
    if (word !== "npm") return [];
    const [first = "", second = ""] = words.slice(index + 1).filter((one) => !one.startsWith("-"));
    if (first === "run") return [second];
    return first === "test" || first === "start" ? [first] : [];
  });
}

function mistakesOfScript(script: string, commands: ReadonlySet<string>): string[] {
  const inserted = [...script.matchAll(/\$\{\{(.*?)\}\}/gs)].map(([, expression = ""]) => expression);
  return [
    ...commandsIn(script)
      .filter((name) => !commands.has(name))
      .map((name) => `runs npm run ${name}, which is no command`),
    ...inserted
      .filter((expression) => !OWN_EXPRESSION.test(expression))
      .map((expression) => `puts ${expression.trim()} into a script: hand it over by env`),
  ];
}

const keepsToken = (step: Step): boolean =>
  step.uses?.startsWith("actions/checkout@") === true && step.with["persist-credentials"] !== false;

function mistakesOfRules(workflow: z.infer<typeof workflowSchema>, commands: ReadonlySet<string>): string[] {
  const { on, permissions, concurrency, jobs } = workflow;
  const isWide = permissions === undefined || Object.values(permissions).some((right) => right !== "read");
  const runsStrangers = JSON.stringify(on).includes("pull_request_target");
  return [
    ...(runsStrangers ? ["runs a stranger's code with rights of this repository"] : []),
    ...(isWide ? ["needs `permissions:` at its top that do no more than read: a job says what else it needs"] : []),
    ...(concurrency === undefined ? ["needs `concurrency:`"] : []),
    ...Object.entries(jobs).flatMap(([name, job]) => [
      ...(job.uses === undefined && job["timeout-minutes"] === undefined ? [`job ${name} needs timeout-minutes`] : []),
      ...job.steps.flatMap(({ run }) => (run === undefined ? [] : mistakesOfScript(run, commands))),
      ...job.steps
        .filter(keepsToken)
        .map(() => `job ${name} leaves its token with the clone: persist-credentials: false`),
    ]),
  ];
}

/** What is wrong with the workflow at `path`, a line each; `commands`: those of package.json. */
export async function mistakesOfWorkflow(path: string, commands: ReadonlySet<string>): Promise<string[]> {
  const content = text(path);
  const said = await saidByGitHub(path, content);
  // Its messages begin with the file's name, as the lines of a check do.
  if (said.length > 0) return said.map((line) => line.slice(line.startsWith(path) ? path.length : 0).trim());
  const read = workflowSchema.safeParse(parse(content));
  if (!read.success) return z.prettifyError(read.error).split("\n");
  const uses = Object.values(read.data.jobs).flatMap((job) => [job.uses, ...job.steps.map((step) => step.uses)]);
  return [
    ...mistakesOfRules(read.data, commands),
    ...uses.flatMap((one) => (one === undefined ? [] : mistakesOfUse(one, content))),
  ];
}

/** The same action has the same digest everywhere: one that was left behind is an old one. */
export function twoDigests(paths: readonly string[]): string[] {
  const digests = new Map<string, string>();
  return paths.flatMap((path) =>
    [...text(path).matchAll(USES)].flatMap(([, action = "", digest = ""]) => {
      const first = digests.get(action) ?? digest;
      digests.set(action, first);
      return first === digest ? [] : [`${path}: ${action} has another digest elsewhere`];
    }),
  );
}
