import { z } from "zod";
import type { BranchRule } from "@/lib/branch-rules";
import { path } from "@/server/github/github-client";
import type { GitHubRepository } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";

const patternSchema = z.object({
  name: z.string().nullish(),
  negate: z.boolean().nullish(),
  operator: z.string(),
  pattern: z.string(),
});
const rulesSchema = z.array(
  z.object({
    type: z.string(),
    ruleset_id: z.int().nullish(),
    /** Other rules have other ones. */
    parameters: patternSchema.nullish().catch(null),
  }),
);
/** `always` and `exempt` say yes; a bypass for pull requests alone makes no branch. */
const rulesetSchema = z.object({ current_user_can_bypass: z.string().nullish() });

const toRule = ({ type, ruleset_id, parameters }: z.infer<typeof rulesSchema>[number]): BranchRule => ({
  type,
  rulesetId: ruleset_id ?? null,
  pattern:
    parameters == null ? null : { ...parameters, name: parameters.name ?? null, negate: parameters.negate ?? false },
});

export function createRules(calls: RepositoryCalls): Pick<GitHubRepository, "branchRules" | "mayBypass"> {
  const { client } = calls;
  return {
    async branchRules(branch) {
      const parts = branch.split("/").map((part) => path`${part}`);
      const call = inRepository(calls, `/rules/branches/${parts.join("/")}`, { query: { per_page: 100 } });
      return (await client.get(rulesSchema, call)).map(toRule);
    },
    async mayBypass(rulesetId) {
      const call = inRepository(calls, path`/rulesets/${rulesetId}`);
      const { current_user_can_bypass: may } = await client.get(rulesetSchema, call);
      return may !== "never" && may !== "pull_requests_only";
    },
  };
}
