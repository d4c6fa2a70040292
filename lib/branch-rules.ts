/**
 * A rule that GitHub holds a branch to. `pattern`: of names, texts or addresses. `checks`: what has to have passed, by
 * name. `sparesNew`: a branch that is made is not held to it.
 */
export type BranchRule = {
  type: string;
  rulesetId: number | null;
  checks: string[];
  sparesNew: boolean;
  pattern: { name: string | null; negate: boolean; operator: string; pattern: string } | null;
};

/** What Porter would write, as far as it is known before a run. `signs`: whether GitHub signed what it wrote last. */
export type Planned = {
  branch: string;
  trailers: readonly string[];
  authorEmail: string;
  committerEmail: string;
  signs: boolean | null;
};

/** The rules that no run can keep to. What is not sure is none of them. */
export const unmetRules = (rules: readonly BranchRule[], planned: Planned): BranchRule[] =>
  rules.filter((rule) => isUnmet(rule, planned));

function isUnmet({ type, pattern, checks, sparesNew }: BranchRule, planned: Planned): boolean {
  switch (type) {
    // Commits come to Porter's branch directly, and nothing has run on them before they are there.
    case "creation":
    case "pull_request":
      return true;
    case "required_status_checks":
    case "workflows":
    case "required_deployments":
      return checks.length > 0 && !sparesNew;
    case "required_signatures":
      return planned.signs === false;
    case "branch_name_pattern":
      return breaks(pattern, planned.branch);
    case "commit_author_email_pattern":
      return breaks(pattern, planned.authorEmail);
    case "committer_email_pattern":
      return breaks(pattern, planned.committerEmail);
    case "commit_message_pattern":
      return breaksMessage(pattern, planned.trailers);
    default:
      return false;
  }
}

function breaks(pattern: BranchRule["pattern"], text: string): boolean {
  const found = pattern === null ? null : matches(pattern, text);
  return found !== null && found === pattern?.negate;
}

/** The agent writes the message; Porter's are the trailers, and that nobody signs anything off. */
function breaksMessage(pattern: BranchRule["pattern"], trailers: readonly string[]): boolean {
  if (pattern === null) return false;
  if (!pattern.negate) return /signed-off-by/i.test(pattern.pattern);
  return pattern.operator !== "starts_with" && matches(pattern, `Change\n\n${trailers.join("\n")}`) === true;
}

/** null: nobody knows. */
function matches({ operator, pattern }: NonNullable<BranchRule["pattern"]>, text: string): boolean | null {
  switch (operator) {
    case "starts_with":
      return text.startsWith(pattern);
    case "ends_with":
      return text.endsWith(pattern);
    case "contains":
      return text.includes(pattern);
    case "regex":
      return isQuick(pattern) ? (compiled(pattern)?.test(text) ?? null) : null;
    default:
      return null;
  }
}

/** GitHub's expressions never take long; here one of somebody else's might. */
const isQuick = (pattern: string): boolean =>
  pattern.length <= 200 && !/\)(?:[*+]|\{\d+,)/.test(pattern) && (pattern.match(/[*+]|\{\d+,\d*\}/g) ?? []).length <= 3;

function compiled(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, "u");
  } catch {
    return null;
  }
}

const WORDS: Record<string, (words: string) => string> = {
  creation: () => "nobody may make a branch of this name",
  pull_request: () => "commits may only come to a branch of this name by a pull request",
  required_status_checks: (names) => `a branch of this name may only be made once these checks have passed: ${names}`,
  workflows: (names) => `a branch of this name may only be made once these workflows have passed: ${names}`,
  required_deployments: (names) => `a branch of this name may only be made once these deployments are done: ${names}`,
  required_signatures: () => "commits must be signed, and GitHub did not sign Porter's last ones",
  branch_name_pattern: (words) => `names of branches must ${words}`,
  commit_author_email_pattern: (words) => `addresses of authors must ${words}`,
  committer_email_pattern: (words) => `addresses of committers must ${words}`,
  commit_message_pattern: (words) => `texts of commits must ${words}`,
};
const OPERATORS: Record<string, string> = {
  starts_with: "begin with",
  ends_with: "end with",
  contains: "contain",
  regex: "match",
};

/** A rule by its own name, in one line of plain text. */
export function ruleWords({ type, pattern, checks }: BranchRule): string {
  const operator = `${pattern?.negate ? "not " : ""}${OPERATORS[pattern?.operator ?? ""] ?? "match"}`;
  const more = pattern === null ? checks.slice(0, 5).join(", ") : `${operator} ${pattern.pattern}`;
  const says = WORDS[type]?.(more) ?? "";
  const name = pattern?.name == null || pattern.name === "" ? type : `${type} "${pattern.name}"`;
  return says === "" ? name : `${name}: ${says}`;
}
