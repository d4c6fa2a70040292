import { findSetUp } from "@/lib/set-up/find";
import { PORTER_FILE } from "@/lib/set-up/porter-file";
import { writePorterFile } from "@/lib/set-up/write-porter-file";
import { refusalWords } from "@/lib/work-refusal-words";
import { setUpPullRequest, setUpReplies } from "@/server/replies/set-up-replies";
import type { AppContext } from "@/server/context";
import type { MentionRow } from "@/server/db/mention-store";
import { GitHubError, type PullRequest, type RunFiles } from "@/server/github/port";
import { accessTo } from "@/server/repositories/access";
import type { BeforeARun } from "@/server/repositories/before-a-run";
import { withRepository } from "@/server/repositories/github-access";
import { loadRepositorySettings } from "@/server/repositories/settings";
import { type WriteClients, reachToWrite } from "@/server/tasks/writing/reach";
import { refusalOfPullRequest } from "@/server/tasks/writing/refusals";
import { showBranch } from "@/server/tasks/writing/show-branch";
import type { WorkRefusal } from "@/lib/work-refusal";
import { answerWith, type MentionAnswer } from "./mention-answer";

type Asked = { mention: MentionRow & { installationId: number }; files: RunFiles | null; before: BeforeARun };
const TITLE = `Add ${PORTER_FILE}`;

/**
 * Opens a pull request with the `.porter.yml` that says what Porter does without one. Asked again it finds the one that is
 * there. The gate has just let its writer in. @throws GitHubError where GitHub is to be asked again
 */
export async function openSetUp(context: AppContext, { mention, files, before }: Asked): Promise<MentionAnswer> {
  if (files?.setUpFiles.texts.has(PORTER_FILE) === true) return answerWith("setup_there", setUpReplies.there());
  const { setUp } = findSetUp(files?.setUpFiles ?? { top: new Set(), texts: new Map() });
  if (setUp.run === null && setUp.start === null) return answerWith("setup_nothing", setUpReplies.nothing());
  const prefix = before.branchPrefix ?? (await loadRepositorySettings(context, mention.repositoryId)).branchPrefix;
  const branch = `${prefix}set-up`;
  const known = await withRepository(context, accessTo(mention), (repository) => repository.findPullRequest(branch));
  if (known !== null) return answerWith("setup_known", setUpReplies.known(known));
  const shown = await reachToWrite(context, mention, {
    workflows: false,
    write: (hands) => writeFile(hands, { branch, content: writePorterFile(setUp) }),
  });
  if (shown.is === "refused") return refused(context, shown.refusal);
  const body = setUpPullRequest({ setUp, requester: mention.actorLogin, issueNumber: mention.issueNumber });
  const pull = { head: branch, base: shown.base, title: TITLE, body, draft: false };
  const opened = await openPullRequest(context, mention, pull);
  return "is" in opened ? refused(context, opened.refusal) : answerWith("setup_opened", setUpReplies.opened(opened));
}

function refused({ env }: AppContext, refusal: WorkRefusal): MentionAnswer {
  const { sentence } = refusalWords(refusal, { compare: null, installation: `${env.PUBLIC_URL}/account` });
  return answerWith("setup_refused", setUpReplies.refused(sentence));
}

type ToWrite = { branch: string; content: string };
type Written = { is: "shown"; base: string } | { is: "refused"; refusal: WorkRefusal };

/** One commit with the one file, on the default branch as it is now. */
async function writeFile({ git, repository }: WriteClients, { branch, content }: ToWrite): Promise<Written> {
  const { defaultBranch } = await repository.get();
  const base = await repository.branchSha(defaultBranch);
  const tree = base === null ? null : await repository.treeOf(base);
  if (base === null || tree === null) return { is: "refused", refusal: { kind: "base_gone" } };
  const made = await git.createTree(tree, [{ path: PORTER_FILE, mode: "100644", type: "blob", content }]);
  const { sha, verified } = await git.createCommit({ message: TITLE, tree: made, parents: [base] });
  const head = { commit: sha, tree: made, verified };
  const additions = [{ path: PORTER_FILE, content: new TextEncoder().encode(content) }];
  const signed = () => Promise.resolve({ message: TITLE, additions, deletions: [] });
  const shown = await showBranch({ git, repository }, { branch, head, base, own: new Set(), signed });
  return shown.is === "refused" ? shown : { is: "shown", base: defaultBranch };
}

type ToOpen = { head: string; base: string; title: string; body: string; draft: boolean };

async function openPullRequest(
  context: AppContext,
  mention: Asked["mention"],
  pull: ToOpen,
): Promise<PullRequest | { is: "refused"; refusal: WorkRefusal }> {
  try {
    return await withRepository(context, accessTo(mention, { userId: mention.actorId }), (repository) =>
      repository.createPullRequest(pull),
    );
  } catch (error) {
    const isFinal = error instanceof GitHubError && (error.failure.kind === "invalid" || error.failure.kind === "lost");
    if (!isFinal) throw error;
    return { is: "refused", refusal: refusalOfPullRequest(error.failure) };
  }
}
