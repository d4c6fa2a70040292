import { orNull, unavailableError } from "@/server/github/errors";
import { apiPath } from "@/server/github/github-client";
import { GitHubError } from "@/server/github/port";
import type { ComparedFile, GitHubRepository } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";
import { compareSchema, refSchema } from "@/server/github/schemas";

/** Longer files are cut: a prompt has no room for them anyway. */
const MAX_CONTEXT_BYTES = 128 * 1024;

/** The stream's first bytes as text; a character that the cut would split is left out. */
export async function readText(body: unknown): Promise<string> {
  if (!(body instanceof ReadableStream)) return "";
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = "";
  let left = MAX_CONTEXT_BYTES;
  try {
    while (left > 0) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.length;
    }
    await reader.cancel();
    return text;
  } catch (error) {
    throw unavailableError("GitHub broke off in the middle of a file", error);
  }
}

/** Each `/`-separated part as one path segment. @throws GitHubError (not_found) for a ref that cannot exist */
export const refPath = (ref: string): string =>
  ref
    .split("/")
    .map((part) => apiPath`${part}`)
    .join("/");

/** An empty repository answers 409 where others answer 404. */
async function orNullIfEmpty<T>(result: Promise<T>): Promise<T | null> {
  try {
    return await orNull(result);
  } catch (error) {
    if (
      error instanceof GitHubError &&
      error.failure.kind === "invalid" &&
      /repository is empty/i.test(error.failure.message)
    )
      return null;
    throw error;
  }
}

export type ContentCalls = Pick<GitHubRepository, "branchSha" | "compare">;

/** GitHub names no more of a comparison's files. */
const MOST_COMPARED = 300;
const KIND_OF_STATUS: Record<string, ComparedFile["kind"]> = {
  added: "added",
  copied: "added",
  removed: "deleted",
  renamed: "renamed",
};

export function createContents(calls: RepositoryCalls): ContentCalls {
  const { client } = calls;

  return {
    async branchSha(branch) {
      const read = async () => client.get(refSchema, inRepository(calls, `/git/ref/heads/${refPath(branch)}`));
      return (await orNullIfEmpty(read()))?.object.sha ?? null;
    },
    async compare(base, head) {
      const read = async () =>
        client.get(
          compareSchema,
          inRepository(calls, `/compare/${refPath(base)}...${refPath(head)}`, { query: { per_page: 1 } }),
        );
      const comparison = await orNullIfEmpty(read());
      if (comparison === null) return null;
      const files = comparison.files.map(({ filename, previous_filename, status, additions, deletions, patch }) => ({
        path: filename,
        from: previous_filename ?? null,
        kind: KIND_OF_STATUS[status] ?? "changed",
        additions,
        deletions,
        patch: patch ?? null,
      }));
      return { files, isWhole: files.length < MOST_COMPARED };
    },
  };
}
