import { z } from "zod";
import { type FoundSteps, foundProblem, quotedWord, toolLine } from "./found.ts";
import { SERVICES, type SetUpService } from "./kinds.ts";
import type { FileProblem } from "./problem.ts";
import { readYaml } from "./read-yaml.ts";

const FILE = ".github/workflows/copilot-setup-steps.yml";
const JOB = "copilot-setup-steps";

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const variables = z.record(z.string(), text).catch({});
const defaults = z.object({
  run: z.object({ "working-directory": z.string().optional(), shell: z.string().optional() }),
});
const stepSchema = z.object({
  uses: z.string().optional().catch(undefined),
  run: z.string().optional().catch(undefined),
  shell: z.string().optional().catch(undefined),
  if: text.optional().catch(undefined),
  "continue-on-error": z.boolean().optional().catch(undefined),
  "working-directory": z.string().optional().catch(undefined),
  env: variables.optional(),
  with: variables.optional(),
});
type Step = z.output<typeof stepSchema>;
const workflow = z.object({
  defaults: defaults.optional().catch(undefined),
  jobs: z.object({
    [JOB]: z.object({
      defaults: defaults.optional().catch(undefined),
      services: z.record(z.string(), z.unknown()).catch({}),
      steps: z.array(z.unknown()).default([]),
    }),
  }),
});

/**
 * The `run:` steps of the one job that GitHub's agent runs, with the versions that its set-up actions ask for and those of
 * its services that a machine has.
 */
export function copilotSteps(content: string): FoundSteps {
  const read = readYaml(FILE, content);
  if (read.is === "broken") return foundProblem(read.problem);
  const [twice] = read.repeated;
  if (twice !== undefined) return foundProblem({ file: FILE, line: twice.line, key: null, is: "syntax" });
  const parsed = workflow.safeParse(read.value);
  // A workflow without this job is none of GitHub's agent.
  if (!parsed.success) return foundProblem({ file: FILE, line: null, key: `jobs.${JOB}`, is: "wrong_form" });
  const job = parsed.data.jobs[JOB];
  const standard = job.defaults?.run ?? parsed.data.defaults?.run;
  const tools: string[] = [];
  const lines: string[] = [];
  const problems: FileProblem[] = [];
  for (const [at, given] of job.steps.entries()) {
    const step = stepSchema.safeParse(given);
    if (!step.success) continue;
    const whole = { "working-directory": standard?.["working-directory"], shell: standard?.shell, ...said(step.data) };
    if (step.data.run === undefined) tools.push(...toolsOf(step.data));
    else if (canRun(whole)) lines.push(lineOf(whole));
    else problems.push({ file: FILE, line: read.lineOf(["jobs", JOB, "steps", at]), key: null, is: "left_out" });
  }
  return { tools, lines, start: null, services: servicesOf(job.services), problems };
}

const container = z.string().or(z.object({ image: z.string() }).transform(({ image }) => image));

/** By the image's own name, whatever registry and version it is of. */
function servicesOf(services: Record<string, unknown>): SetUpService[] {
  const images = Object.values(services).flatMap((given) => container.safeParse(given).data ?? []);
  return SERVICES.filter((name) => images.some((image) => image.split("/").at(-1)?.split(/[:@]/)[0] === name));
}

/** Without what is not said, so that the job's own stands. */
const said = (step: Step): Step => Object.fromEntries(Object.entries(step).filter(([, value]) => value !== undefined));

/** What GitHub alone fills in: its expressions, and the files and folders that its runner names in variables. */
const isGitHubs = (words: string): boolean =>
  /\$\{\{|\b(?:GITHUB_(?:ENV|PATH|OUTPUT|STATE|STEP_SUMMARY|WORKSPACE)|RUNNER_(?:TEMP|TOOL_CACHE))\b/.test(words);

/** Nobody but GitHub can decide a condition of its own either. */
function canRun({ run = "", shell = "bash", if: condition, env = {}, ...step }: Step): boolean {
  const isPlain = ![run, step["working-directory"] ?? "", ...Object.values(env)].some(isGitHubs);
  const isAlways =
    condition === undefined || /^(?:\$\{\{\s*)?(?:always\(\)|success\(\)|true)(?:\s*\}\})?$/.test(condition.trim());
  return isPlain && isAlways && /^(?:bash|sh)(?:\s|$)/.test(shell);
}

/** A step in a shell of its own: what it sets and where it goes ends with it. */
function lineOf({ run = "", env = {}, ...step }: Step): string {
  const script = run.trimEnd();
  const folder = step["working-directory"];
  const names = Object.entries(env).filter(([name]) => /^[A-Za-z_]\w*$/.test(name));
  const before = [
    ...(folder === undefined ? [] : [`cd ${quotedWord(folder)}`]),
    ...names.map(([name, value]) => `export ${name}=${quotedWord(value)}`),
  ];
  const mayFail = step["continue-on-error"] === true;
  const isAlone = before.length === 0 && !script.includes("\n") && !mayFail;
  if (isAlone) return script;
  // Not with `||`, behind which a first error would not end the step.
  return mayFail
    ? ["set +e", "(", "set -e", ...before, script, ")", "set -e"].join("\n")
    : ["(", ...before, script, ")"].join("\n");
}

/** Set-up actions of languages, with the input that holds the version. */
const TOOLS: { action: RegExp; tool: string; input: string }[] = [
  { action: /^actions\/setup-node@/, tool: "node", input: "node-version" },
  { action: /^actions\/setup-python@/, tool: "python", input: "python-version" },
  { action: /^actions\/setup-go@/, tool: "go", input: "go-version" },
  { action: /^actions\/setup-java@/, tool: "java", input: "java-version" },
  { action: /^(?:ruby|actions)\/setup-ruby@/, tool: "ruby", input: "ruby-version" },
];
/** Files that hold a version and nothing else. */
const VERSION_FILE = /^(?:\.\/)?\.(?:nvmrc|node-version|python-version|go-version|java-version|ruby-version)$/;

function toolsOf({ uses = "", with: inputs = {} }: Step): string[] {
  const known = TOOLS.find(({ action }) => action.test(uses));
  if (known === undefined) return [];
  const { tool, input } = known;
  const version = versionOf(inputs[input] ?? "");
  if (version !== null) return [toolLine(tool, tool === "java" ? javaVersion(version, inputs.distribution) : version)];
  const file = inputs[`${input}-file`] ?? "";
  if (VERSION_FILE.test(file)) return [`mise use --global ${tool}@"$(tr -d 'v[:space:]' < ${file})" || true`];
  return /^(?:\.\/)?(?:\.tool-versions|mise\.toml)$/.test(file) ? ["mise install || true"] : [];
}

/** The first version that is asked for, as mise writes it; null: none, or a range. */
function versionOf(input: string): string | null {
  const [first = ""] = input.trim().split(/[\s,]+/);
  if (first === "lts/*" || first === "lts/-0") return "lts";
  if (["stable", "latest", "current", "node"].includes(first)) return "latest";
  const bare = first.replace(/^v(?=\d)/, "").replace(/(?:\.[xX*])+$/, "");
  return /^[\w.+-]+$/.test(bare) && /\d/.test(bare) ? bare : null;
}

const javaVersion = (version: string, distribution = ""): string =>
  /^(?:temurin|zulu|corretto|liberica|microsoft|oracle)$/.test(distribution) ? `${distribution}-${version}` : version;
