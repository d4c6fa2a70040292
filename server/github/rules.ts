import { z } from "zod";
import type { BranchRule } from "@/lib/branch-rules";
import { apiPath } from "@/server/github/github-client";
import type { GitHubRepository } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";

const patternSchema = z.object({
  name: z.string().nullish(),
  negate: z.boolean().nullish(),
  operator: z.string(),
  pattern: z.string(),
});
/** What has to have passed before, as each kind of rule names it. */
const checksSchema = z.object({
  do_not_enforce_on_create: z.boolean().nullish(),
  required_status_checks: z.array(z.object({ context: z.string() })).default([]),
  workflows: z.array(z.object({ path: z.string() })).default([]),
  required_deployment_environments: z.array(z.string()).default([]),
});
const rulesSchema = z.array(
  z.object({
    type: z.string(),
    ruleset_id: z.int().nullish(),
    /** Each kind has its own. */
    parameters: z.unknown().optional(),
  }),
);
/** `always` and `exempt` say yes; a bypass for pull requests alone makes no branch. */
const rulesetSchema = z.object({ current_user_can_bypass: z.string().nullish() });

function toRule({ type, ruleset_id, parameters }: z.infer<typeof rulesSchema>[number]): BranchRule {
  const { data: pattern } = patternSchema.safeParse(parameters);
  const { data: before } = checksSchema.safeParse(parameters);
  return {
    type,
    rulesetId: ruleset_id ?? null,
    pattern: pattern === undefined ? null : { ...pattern, name: pattern.name ?? null, negate: pattern.negate ?? false },
    checks: [
      ...(before?.required_status_checks.map(({ context }) => context) ?? []),
      ...(before?.workflows.map(({ path: file }) => file) ?? []),
      ...(before?.required_deployment_environments ?? []),
    ],
    sparesNew: before?.do_not_enforce_on_create ?? false,
  };
}

export function createRules(calls: RepositoryCalls): Pick<GitHubRepository, "branchRules" | "mayBypass"> {
  const { client } = calls;
  return {
    async branchRules(branch) {
      const parts = branch.split("/").map((part) => apiPath`${part}`);
      const call = inRepository(calls, `/rules/branches/${parts.join("/")}`, { query: { per_page: 100 } });
      return (await client.get(rulesSchema, call)).map(toRule);
    },
    async mayBypass(rulesetId) {
      const call = inRepository(calls, apiPath`/rulesets/${rulesetId}`);
      const { current_user_can_bypass: may } = await client.get(rulesetSchema, call);
      return may !== "never" && may !== "pull_requests_only";
    },
  };
}
