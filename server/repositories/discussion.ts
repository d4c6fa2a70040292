import { wordsBeforeCommands } from "@/lib/commands/parse";
import type { IssueAuthor } from "@/lib/issue-author";
import { mentionNames } from "@/lib/mention-names";
import type { RepositorySettings } from "@/lib/repository-settings";
import type { AppContext } from "@/server/context";
import type { IssueThread } from "@/server/github/issue-thread";
import { GitHubError, type GitHubRepository } from "@/server/github/port";
import type { Discussion } from "@/server/prompts/discussion";
import type { ThreadComment, ThreadEnd } from "@/server/prompts/thread";
import { authorWith } from "./issue-author";
import { loadRepositorySettings } from "./settings";

/** What was said below an issue, up to a command; `told`: null where GitHub did not tell it, or not who may write. */
export type ThreadAnswer = {
  told: { thread: IssueThread; writers: Awaited<ReturnType<GitHubRepository["writers"]>> } | null;
  end: ThreadEnd;
};

/** Two questions, side by side. Where one fails, nobody knows whose words count: none are heard, and the run goes on. */
export async function askSaid(
  context: AppContext,
  repository: GitHubRepository,
  at: { issueNumber: number; end: ThreadEnd },
): Promise<ThreadAnswer> {
  const { issueNumber, end } = at;
  try {
    const [thread, writers] = await Promise.all([repository.thread(issueNumber), repository.writers()]);
    return { told: { thread, writers }, end };
  } catch (error) {
    if (!(error instanceof GitHubError)) throw error;
    context.log.info("discussion.unknown", { message: error.failure.message });
    return { told: null, end };
  }
}

/** The same for a prompt; nothing where nobody asked. */
export async function saidFor(
  context: AppContext,
  { repositoryId, repoOwner }: { repositoryId: number; repoOwner: string },
  said: ThreadAnswer | null,
): Promise<{ discussion?: Discussion }> {
  if (said === null) return {};
  const settings = await loadRepositorySettings(context, repositoryId);
  const names = { appSlug: context.env.GITHUB_APP_SLUG, mentions: mentionNames(context.env) };
  return { discussion: discussionOf(said, { settings, repoOwner, ...names }) };
}

type Around = { settings: RepositorySettings; repoOwner: string; appSlug: string; mentions: readonly string[] };
function discussionOf(said: ThreadAnswer, { settings, repoOwner, appSlug, mentions }: Around): Discussion {
  const { told, end } = said;
  if (told === null) return { thread: null, linked: [] };
  const { thread, writers } = told;
  const own = thread.comments.find(({ id }) => id === end.commentId);
  const standard = thread.isPrivate ? "quoted" : "left_out";
  return {
    thread: {
      comments: thread.comments.map(({ author, ...comment }) => ({
        ...comment,
        ...writerOf(author, { writers, repoOwner, appSlug }),
      })),
      untold: thread.untold,
      end,
      ...(own === undefined ? {} : { wordsBefore: wordsBeforeCommands(own.body, { mentions }) }),
      outsiders: (settings.outsiders ?? standard) === "quoted" ? "quoted" : "left out",
    },
    linked: thread.linked,
  };
}

type Known = { writers: NonNullable<ThreadAnswer["told"]>["writers"]; repoOwner: string; appSlug: string };

function writerOf(
  author: IssueThread["comments"][number]["author"],
  { writers, repoOwner, appSlug }: Known,
): { author: IssueAuthor; writer: ThreadComment["writer"] } {
  const { login = null, id = null } = author ?? {};
  const unknown: IssueAuthor = { login, role: "unknown" };
  if (author?.isBot === true) {
    const isOwn = [appSlug, `${appSlug}[bot]`].map((name) => name.toLowerCase()).includes(author.login.toLowerCase());
    return { author: unknown, writer: isOwn ? "own" : "bot" };
  }
  const role = id === null ? undefined : writers.get(id);
  if (login === null || (role !== "admin" && role !== "maintain" && role !== "write"))
    return { author: unknown, writer: "person" };
  return { author: authorWith(role, { author: { login, id }, repoOwner }), writer: "person" };
}
