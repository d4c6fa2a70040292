import type { KeptJudgement, WhyBundle } from "@/lib/change-set-judgement";
import type { Manifest } from "@/lib/change-set";
import { type HeldBack, LARGEST_FILE_BYTES } from "@/lib/held-back";
import type { AppContext } from "@/server/context";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import type { JudgeFacts, SetPath } from "@/server/change-sets/facts";
import { moduleFolders } from "@/server/change-sets/hold";
import { type Judgement, judgeManifest, pathsOfSet } from "@/server/change-sets/judge";
import type { GitHubRepository } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import { withRepository } from "@/server/repositories/github-access";
import { ownSecretsOf } from "../attempt/own-secrets";
import { baseFacts } from "./base-facts";
import { BrokenSet, type OpenChangeSet } from "./open-change-set";
import { firstThatFit, MOST_TEXT } from "./first-that-fit";
import { ruleFiles } from "./rule-files";
import { workflowsAllowed } from "./workflows-allowed";

export type JudgeInput = {
  task: TaskRow;
  attempt: AttemptRow;
  set: OpenChangeSet;
  /** Paths that somebody who may write wants in anyway. */
  pushAnyway?: ReadonlySet<string>;
};

export type Judged =
  | { kind: "judged"; judgement: KeptJudgement; heldBack: HeldBack[] }
  | { kind: "not_written"; why: WhyBundle };

/** With what its rules look for. A larger file of the base counts as if it were not there. */
const LARGEST_BEFORE = 4 * 1024 ** 2;

/**
 * Judges a set by what GitHub says of its base and by its own contents; nothing that the machine says of them is used.
 * @throws GitHubError, BrokenSet (a part is gone)
 */
export async function judgeSet(context: AppContext, input: JudgeInput): Promise<Judged> {
  const { task, attempt, set, pushAnyway = new Set<string>() } = input;
  const secrets = await ownSecretsOf(context, attempt);
  if (secrets === null) return notWritten("secrets_unknown");
  const manifest = withHeld(set.manifest, pushAnyway);
  return withRepository(context, accessTo(task), async (repository) => {
    const base = await baseFacts(repository, manifest, task.baseBranch);
    if (!base.known) return notWritten(base.why);
    const facts = {
      base: base.files,
      modules: await modulesOf({ manifest, base: base.files }, { set, repository }),
      mayPushWorkflows: await workflowsAllowed(context, task),
      pushAnyway,
      containsOwnSecret: secrets.containsOwnSecret,
    };
    const setPaths = pathsOfSet(manifest, facts);
    const baseContent = (sha: string) => repository.fileContent(sha, LARGEST_BEFORE);
    const rulings = await ruleFiles({ manifest, contentOf: set.contentOf, facts, setPaths, baseContent });
    const all = { ...facts, foreignSecrets: () => [] } satisfies JudgeFacts;
    return kept(judgeManifest(manifest, rulings, all), { squash: base.squash, redact: secrets.redact });
  });
}

const notWritten = (kind: Exclude<WhyBundle["kind"], "too_large">): Judged => ({ kind: "not_written", why: { kind } });

/** With the held-back files that are wanted anyway as if a last commit had put them there. */
function withHeld(manifest: Manifest, wanted: ReadonlySet<string>): Manifest {
  const paths = manifest.heldEntries.filter(({ path }) => wanted.has(path));
  const last = manifest.commits.at(-1);
  if (paths.length === 0) return manifest;
  const more = { sha: "", tree: manifest.tree, parents: [last?.sha ?? manifest.base], message: "", author: "", paths };
  return { ...manifest, commits: [...manifest.commits, more] };
}

const MODULES = ".gitmodules";

/** The links to other repositories that are meant: by the set's `.gitmodules`, else by the base's. */
async function modulesOf(
  { manifest, base }: { manifest: Manifest; base: ReadonlyMap<string, NonNullable<SetPath["entry"]>> },
  { set, repository }: { set: OpenChangeSet; repository: GitHubRepository },
): Promise<ReadonlySet<string>> {
  const paths = manifest.commits.flatMap((commit) => commit.paths);
  if (!paths.some(({ entry }) => entry?.mode === "160000")) return new Set();
  const changed = paths.findLast(({ path }) => path === MODULES);
  const entry = changed === undefined ? (base.get(MODULES) ?? null) : changed.entry;
  if (entry === null) return new Set();
  const isHanded = manifest.blobs.some(({ sha }) => sha === entry.sha);
  const read = isHanded ? set.contentOf(entry.sha) : repository.fileContent(entry.sha, LARGEST_FILE_BYTES);
  const content = await read.catch((error: unknown) => {
    if (error instanceof BrokenSet && error.lacks === "blob") return null;
    throw error;
  });
  return content === null ? new Set() : moduleFolders(new TextDecoder().decode(content));
}

/** As the row keeps it. What stays out is kept whole or not at all; of findings the first ones. */
function kept(
  { heldBack: held, draft, look, isDraft, suggestsClick }: Judgement,
  { squash, redact }: { squash: boolean; redact: (text: string) => string },
): Judged {
  const leaveOut = held.map(({ path }) => path);
  // A path may be what holds the secret.
  const heldBack = held.map(({ path, reason }) => ({ path: redact(path), reason }));
  if (JSON.stringify(heldBack).length > MOST_TEXT) return notWritten("cannot_be_judged");
  const some = { draft: firstThatFit(draft, MOST_TEXT / 2), look: firstThatFit(look, MOST_TEXT / 2) };
  return { kind: "judged", judgement: { ...some, isDraft, suggestsClick, squash, leaveOut }, heldBack };
}
