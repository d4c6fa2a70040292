import type { Pattern, RulesetRule } from "./repository-rules.ts";
import { findSecrets, type FoundSecret } from "./secret-scan.ts";

export type RefUpdate = { ref: string; before: string | undefined; after: string | undefined };

/** What an update is judged by. It goes to git's hook as text, so it is plain data. */
export type GateRules = {
  rules: RulesetRule[];
  pushProtection: boolean;
  allowedSecrets: string[];
  /** The commits that GitHub itself signed. */
  signed: string[];
};

type LocatedSecret = FoundSecret & { commit: string; path: string; line: number };
export type RefViolation = { message: string; commits: string[]; secrets: LocatedSecret[] };

type Git = (args: string[], input?: string) => Promise<string>;
type Commit = { id: string; author: string; committer: string; parents: string[]; message: string };
type New = { commits: Commit[]; git: Git; update: RefUpdate; signed: string[] };

const separator = "\u001E";
const megabyte = 1024 * 1024;

/** What the rules have against an update. `git` sees the new objects; the branches in it are those of before. */
export async function violationsOf(git: Git, update: RefUpdate, gate: GateRules): Promise<RefViolation[]> {
  const commits = update.after === undefined ? [] : await newCommits(git, update.after);
  const found: RefViolation[] = [];
  for (const rule of gate.rules) {
    const violation = await judge(rule, { commits, git, update, signed: gate.signed });
    if (violation !== undefined) found.push({ commits: [], secrets: [], ...violation });
  }
  if (gate.pushProtection && commits.length > 0) {
    const secrets = await newSecrets(git, update, gate.allowedSecrets);
    if (secrets.length > 0) found.push({ message: "Secret detected in content", commits: [], secrets });
  }
  return found;
}

async function newCommits(git: Git, after: string): Promise<Commit[]> {
  const format = `--format=%H%x00%ae%x00%ce%x00%P%x00%B${separator}`;
  const text = await git(["log", format, after, "--not", "--branches"]);
  return text
    .split(separator)
    .map((entry) => entry.trimStart().split("\0"))
    .filter((fields) => fields.length === 5)
    .map(([id = "", author = "", committer = "", parents = "", message = ""]) => ({
      id,
      author,
      committer,
      parents: parents.split(" "),
      message,
    }));
}

type Objection = { message: string; commits?: string[] } | undefined;

async function judge(rule: RulesetRule, { commits, git, update, signed }: New): Promise<Objection> {
  const { ref, before, after } = update;
  const when = (is: boolean, message: string): Objection => (is ? { message } : undefined);
  const over = (bad: Commit[], message: string): Objection =>
    bad.length === 0 ? undefined : { message, commits: bad.map(({ id }) => id) };
  switch (rule.type) {
    case "creation":
      return when(before === undefined, "Cannot create ref due to creations being restricted.");
    case "update":
      return when(before !== undefined && after !== undefined, "Cannot update this protected ref.");
    case "deletion":
      return when(after === undefined, "Cannot delete this branch");
    case "non_fast_forward":
      return when(await isForced(git, update), "Cannot force-push to this branch");
    case "required_signatures":
      return over(
        commits.filter(({ id }) => !signed.includes(id)),
        "Commits must have verified signatures.",
      );
    case "required_linear_history":
      return over(
        commits.filter(({ parents }) => parents.length > 1),
        "This branch must not contain merge commits.",
      );
    case "pull_request":
      return when(after !== undefined, "Changes must be made through a pull request.");
    case "required_status_checks":
      return when(
        commits.length > 0 &&
          rule.parameters.required_status_checks.length > 0 &&
          !(before === undefined && rule.parameters.do_not_enforce_on_create),
        "Required status checks are expected.",
      );
    case "branch_name_pattern":
      return when(
        after !== undefined && breaks(rule.parameters, ref.replace("refs/heads/", "")),
        patternText("Branch name", rule.parameters),
      );
    case "commit_message_pattern":
      return byPattern("Commit message", rule.parameters, (commit) => commit.message);
    case "commit_author_email_pattern":
      return byPattern("Commit author email", rule.parameters, (commit) => commit.author);
    case "committer_email_pattern":
      return byPattern("Committer email", rule.parameters, (commit) => commit.committer);
    case "max_file_size": {
      const most = rule.parameters.max_file_size;
      return when(
        after !== undefined && (await largestBlob(git, after)) > most * megabyte,
        `Files over ${most} MB are restricted`,
      );
    }
    case "file_path_restriction": {
      const names = after === undefined ? [] : await changedPaths(git, after);
      const restricted = rule.parameters.restricted_file_paths;
      return when(
        names.some((name) => restricted.some((path) => name === path || name.startsWith(`${path}/`))),
        "File path is restricted",
      );
    }
  }

  function byPattern(subject: string, pattern: Pattern, text: (commit: Commit) => string): Objection {
    return over(
      commits.filter((commit) => breaks(pattern, text(commit).trimEnd())),
      patternText(subject, pattern),
    );
  }
}

function breaks({ operator, pattern, negate }: Pattern, text: string): boolean {
  const matches = {
    starts_with: () => text.startsWith(pattern),
    ends_with: () => text.endsWith(pattern),
    contains: () => text.includes(pattern),
    regex: () => new RegExp(pattern).test(text),
  }[operator]();
  return matches === negate;
}

function patternText(subject: string, { operator, pattern, negate }: Pattern): string {
  const must = `${subject} must${negate ? " not" : ""}`;
  switch (operator) {
    case "starts_with":
      return `${must} start with a matching pattern: ${pattern}`;
    case "ends_with":
      return `${must} end with a matching pattern: ${pattern}`;
    case "contains":
      return `${must} contain a matching pattern: ${pattern}`;
    case "regex":
      return `${must} match a given regex pattern: ${pattern}`;
  }
}

async function isForced(git: Git, { before, after }: RefUpdate): Promise<boolean> {
  if (before === undefined || after === undefined) return false;
  return (await git(["rev-list", "--max-count=1", before, "--not", after])) !== "";
}

async function changedPaths(git: Git, after: string): Promise<string[]> {
  const names = await git(["log", "--format=", "--name-only", "-z", after, "--not", "--branches"]);
  return names.split("\0").filter((name) => name !== "");
}

async function largestBlob(git: Git, after: string): Promise<number> {
  const objects = await git(["rev-list", "--objects", "--no-object-names", after, "--not", "--branches"]);
  const sizes = await git(["cat-file", "--batch-check=%(objecttype) %(objectsize)"], `${objects}\n`);
  return Math.max(0, ...sizes.split("\n").map((line) => (line.startsWith("blob ") ? Number(line.slice(5)) : 0)));
}

/** Where in the new commits a secret was added. */
async function newSecrets(git: Git, { after = "" }: RefUpdate, allowed: string[]): Promise<LocatedSecret[]> {
  const patch = await git([
    "log",
    "--format=commit %H",
    "--patch",
    "--text",
    "--unified=0",
    after,
    "--not",
    "--branches",
  ]);
  const found: LocatedSecret[] = [];
  let [commit, path, line] = ["", "", 0];
  for (const text of patch.split("\n")) {
    if (text.startsWith("commit ")) commit = text.slice(7);
    else if (text.startsWith("+++ ")) path = text.slice(6);
    else if (text.startsWith("@@ ")) line = Number(/\+(\d+)/.exec(text)?.[1] ?? 1);
    else if (text.startsWith("+")) {
      for (const secret of findSecrets(text, allowed)) found.push({ ...secret, commit, path, line });
      line += 1;
    }
  }
  return found;
}
