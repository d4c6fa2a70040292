import { matchesGlob } from "node:path";
import { z } from "zod";

/** Which branches a rule is for: a pattern of names, or GitHub's words for all and for the default one. */
const branches = z.string().default("~ALL");

const patternSchema = z.strictObject({
  name: z.string().optional(),
  negate: z.boolean().default(false),
  operator: z.enum(["starts_with", "ends_with", "contains", "regex"]),
  pattern: z.string(),
});
export type Pattern = z.infer<typeof patternSchema>;

/** The rules of a repository's rulesets that the local GitHub enforces, in GitHub's names. */
export const ruleSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.enum([
      "creation",
      "update",
      "deletion",
      "non_fast_forward",
      "required_signatures",
      "required_linear_history",
      "pull_request",
    ]),
    branches,
    parameters: z.record(z.string(), z.unknown()).optional(),
  }),
  z.strictObject({
    type: z.literal("required_status_checks"),
    branches,
    parameters: z.looseObject({
      required_status_checks: z.array(z.looseObject({ context: z.string() })),
      do_not_enforce_on_create: z.boolean().default(false),
    }),
  }),
  z.strictObject({
    type: z.enum([
      "branch_name_pattern",
      "commit_message_pattern",
      "commit_author_email_pattern",
      "committer_email_pattern",
    ]),
    branches,
    parameters: patternSchema,
  }),
  z.strictObject({
    type: z.literal("max_file_size"),
    branches,
    parameters: z.strictObject({ max_file_size: z.number().int().min(1).max(100) }),
  }),
  z.strictObject({
    type: z.literal("file_path_restriction"),
    branches,
    parameters: z.strictObject({ restricted_file_paths: z.array(z.string()) }),
  }),
]);
export type RulesetRule = z.infer<typeof ruleSchema>;

export const settingsSchema = z.strictObject({
  rules: z.array(ruleSchema).default([]),
  /** Secrets in what is written are refused. On GitHub it is on for public repositories; here a test says so. */
  pushProtection: z.boolean().default(false),
  /** The secrets that somebody has allowed under their unblock address. */
  allowedSecrets: z.array(z.string()).default([]),
  /** What the App is told of its own bypass. It is held to the rules anyway. */
  mayBypass: z.boolean().default(false),
  /** Whether GitHub signs what an App commits by REST: the documentation says yes, some reports no. */
  signsCommits: z.boolean().default(true),
});
export type LocalRepositorySettings = z.infer<typeof settingsSchema>;
export type RepositorySettingsInput = z.input<typeof settingsSchema>;

export const standardSettings = settingsSchema.parse({});

export function rulesOfBranch(
  rules: RulesetRule[],
  repository: { defaultBranch: string },
  branch: string,
): RulesetRule[] {
  return rules.filter(({ branches: wanted }) => {
    if (wanted === "~ALL") return true;
    if (wanted === "~DEFAULT_BRANCH") return branch === repository.defaultBranch;
    return matchesGlob(branch, wanted);
  });
}

/** The one ruleset that holds them all, as `GET /repos/{owner}/{repo}/rulesets/{id}` shows it. */
export function describeRuleset(
  { rules, mayBypass }: LocalRepositorySettings,
  { fullName }: { fullName: string },
): object {
  return {
    id: RULESET_ID,
    name: "rules",
    target: "branch",
    source_type: "Repository",
    source: fullName,
    enforcement: "active",
    current_user_can_bypass: mayBypass ? "always" : "never",
    rules: rules.map(({ branches: _branches, ...rule }) => rule),
  };
}
export const RULESET_ID = 1;

/** A rule as `GET /repos/{owner}/{repo}/rules/branches/{branch}` shows it. */
export function describeRule(
  { branches: _branches, ...rule }: RulesetRule,
  repository: { fullName: string },
): Record<string, unknown> {
  return { ...rule, ruleset_source_type: "Repository", ruleset_source: repository.fullName, ruleset_id: RULESET_ID };
}
