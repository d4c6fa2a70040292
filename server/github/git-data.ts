import { z } from "zod";
import { GitHubError } from "@/server/github/port";
import type { GitHubGitData } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";

const objectSchema = z.object({ sha: z.string() });
const commitSchema = z.object({
  sha: z.string(),
  verification: z.object({ verified: z.boolean() }).optional(),
});

/** A file of 20 MB, or a tree with a megabyte of text, takes GitHub longer than a question does. */
const SENDING_MS = 60_000;
/** A multiple of three: the base64 of the pieces is the base64 of the whole. */
const PIECE = 0x6000;

function toBase64(content: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < content.length; at += PIECE) {
    pieces.push(btoa(String.fromCharCode(...content.subarray(at, at + PIECE))));
  }
  return pieces.join("");
}

const isTaken = (error: unknown): boolean =>
  error instanceof GitHubError &&
  error.failure.kind === "invalid" &&
  [error.failure.message, ...error.failure.errors].some((text) => /reference already exists/i.test(text));

/** Calls with an installation token that may write contents. @throws GitHubError from every method */
export function createGitData(calls: RepositoryCalls): GitHubGitData {
  const { client } = calls;
  const post = (rest: string, body: Record<string, unknown>) =>
    ({ ...inRepository(calls, rest, { method: "POST", body }), timeoutMs: SENDING_MS }) as const;
  return {
    async createBlob(content) {
      const body = { content: toBase64(content), encoding: "base64" };
      return (await client.get(objectSchema, post("/git/blobs", body))).sha;
    },
    async createTree(base, entries) {
      return (await client.get(objectSchema, post("/git/trees", { base_tree: base, tree: entries }))).sha;
    },
    async createCommit({ message, tree, parents }) {
      const made = await client.get(commitSchema, post("/git/commits", { message, tree, parents }));
      return { sha: made.sha, verified: made.verification?.verified ?? false };
    },
    async createBranch(name, sha) {
      try {
        await client.send(post("/git/refs", { ref: `refs/heads/${name}`, sha }));
        return "made";
      } catch (error) {
        if (isTaken(error)) return "exists";
        throw error;
      }
    },
  };
}
