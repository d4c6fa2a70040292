import { z } from "zod";
import type { Repository, GitHubWorld } from "./world.ts";

const question = /\bissue\s*\(\s*number\s*:\s*(\d+)\s*\)/;
const LAST = /\bcomments\s*\(\s*last\s*:\s*(\d+)\s*\)/;

const issueSchema = z.looseObject({ number: z.number(), title: z.string(), state: z.string() });
const commentSchema = z.looseObject({
  id: z.number(),
  body: z.string(),
  created_at: z.string(),
  user: z.object({ login: z.string(), id: z.number(), type: z.string() }),
});

/** The issue that a question asks for, with its newest comments; nothing where it asks for none. */
export async function issueOf(
  world: GitHubWorld,
  repository: Repository,
  selection: string,
): Promise<Record<string, unknown>> {
  const number = question.exec(selection)?.[1];
  if (number === undefined) return {};
  const path = `/repos/${repository.fullName}/issues/${number}`;
  const owner = world.emulator.owner(repository.owner);
  const issue = await world.emulator.read(issueSchema, path, owner);
  if (issue === undefined) return { issue: null };
  const comments = await world.emulator.list(commentSchema, `${path}/comments`, owner);
  const last = Number(LAST.exec(selection)?.[1] ?? 0);
  return {
    issue: {
      number: issue.number,
      title: issue.title,
      state: issue.state.toUpperCase(),
      repository: { nameWithOwner: repository.fullName },
      comments: {
        totalCount: comments.length,
        nodes: comments.slice(-last).map((comment) => commentNode(world, comment)),
      },
      // Nobody links issues in this world.
      parent: null,
      subIssues: { nodes: [] },
      blockedBy: { nodes: [] },
    },
  };
}

function commentNode(world: GitHubWorld, { id, body, user, ...comment }: z.infer<typeof commentSchema>) {
  const isBot = user.type === "Bot";
  const isEdited = world.comments.versions(id).length > 1;
  return {
    // A BigInt, which GitHub writes as text.
    fullDatabaseId: String(id),
    createdAt: comment.created_at,
    lastEditedAt: isEdited ? (comment.updated_at ?? null) : null,
    isMinimized: false,
    body,
    // GraphQL names an App's user without "[bot]".
    author: isBot
      ? { __typename: "Bot", login: user.login.replace(/\[bot\]$/, "") }
      : { __typename: user.type, login: user.login, databaseId: user.id },
  };
}
