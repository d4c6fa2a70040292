import { z } from "zod";
import { orNull } from "@/server/github/errors";
import { apiPath } from "@/server/github/github-client";
import { runMutation } from "@/server/github/graphql";
import { GitHubError } from "@/server/github/port";
import type { GitHubGitData } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";

const objectSchema = z.object({ sha: z.string() });
const verificationSchema = z.object({ verified: z.boolean() }).optional();
const commitSchema = objectSchema.extend({ verification: verificationSchema });
const wholeCommitSchema = commitSchema.extend({ tree: objectSchema, parents: z.array(objectSchema).default([]) });
const nodeSchema = z.object({ node_id: z.string(), full_name: z.string() });
const onBranchSchema = z.object({ commit: z.object({ oid: z.string() }) });

/** A file of 20 MB, or a tree with a megabyte of text, takes GitHub longer than a question does. */
const SENDING_MS = 25_000;
/** A multiple of three: the base64 of the pieces is the base64 of the whole. */
const PIECE = 0x6000;

function toBase64(content: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < content.length; at += PIECE) {
    pieces.push(btoa(String.fromCharCode(...content.subarray(at, at + PIECE))));
  }
  return pieces.join("");
}

const utf8 = new TextEncoder();
const HEAD = '{"encoding":"base64","content":"';
const TAIL = '"}';

/** The request for a file, made in place: as texts its base64 and the JSON around it would be in memory beside it. */
function blobRequest(content: Uint8Array): Uint8Array {
  const body = new Uint8Array(HEAD.length + Math.ceil(content.length / 3) * 4 + TAIL.length);
  let at = utf8.encodeInto(HEAD, body).written;
  for (let from = 0; from < content.length; from += PIECE) {
    const piece = btoa(String.fromCharCode(...content.subarray(from, from + PIECE)));
    at += utf8.encodeInto(piece, body.subarray(at)).written;
  }
  utf8.encodeInto(TAIL, body.subarray(at));
  return body;
}

const isRefusal = (error: unknown, words: RegExp): boolean =>
  error instanceof GitHubError &&
  error.failure.kind === "invalid" &&
  error.failure.refusedBy === undefined &&
  [error.failure.message, ...error.failure.errors].some((text) => words.test(text));

const TAKEN = /reference already exists/i;
/** "Update is not a fast forward", "is at … but expected …", "Expected branch to point to …". */
const ELSEWHERE = /fast[ -]forward|but expected|expected branch|does not exist|is stale|STALE_DATA/i;

/** Calls with an installation token that may write contents. @throws GitHubError from every method */
export function createGitData(calls: RepositoryCalls): GitHubGitData {
  const { client, token } = calls;
  const post = (rest: string, body: Record<string, unknown> | Uint8Array) =>
    ({ ...inRepository(calls, rest, { method: "POST", body }), timeoutMs: SENDING_MS }) as const;
  const repository = () => client.get(nodeSchema, inRepository(calls, ""));
  return {
    // Not async: that would hold the file until the answer is there.
    createBlob: (content) => client.get(objectSchema, post("/git/blobs", blobRequest(content))).then(({ sha }) => sha),
    async createTree(base, entries) {
      return (await client.get(objectSchema, post("/git/trees", { base_tree: base, tree: entries }))).sha;
    },
    async createCommit({ message, tree, parents }) {
      const made = await client.get(commitSchema, post("/git/commits", { message, tree, parents }));
      return { sha: made.sha, verified: made.verification?.verified ?? false };
    },
    async readCommit(sha) {
      const found = await orNull(client.get(wholeCommitSchema, inRepository(calls, apiPath`/git/commits/${sha}`)));
      if (found === null) return null;
      const parents = found.parents.map((parent) => parent.sha);
      return { tree: found.tree.sha, parents, verified: found.verification?.verified ?? false };
    },
    async createBranch(name, sha) {
      try {
        await client.send(post("/git/refs", { ref: `refs/heads/${name}`, sha }));
        return "made";
      } catch (error) {
        if (isRefusal(error, TAKEN)) return "exists";
        throw error;
      }
    },
    // REST compares ancestry alone, so it would bring back what people took from the branch; this names where it was.
    async moveBranch(name, { from, to, replaces }) {
      const { node_id: repositoryId } = await repository();
      const update = { name: `refs/heads/${name}`, beforeOid: from, afterOid: to, force: replaces };
      try {
        await runMutation(
          { client, token, schema: z.object({}) },
          { name: "updateRefs", input: { repositoryId, refUpdates: [update] }, fields: "clientMutationId" },
        );
        return "moved";
      } catch (error) {
        if (isRefusal(error, ELSEWHERE)) return "elsewhere";
        throw error;
      }
    },
    async createCommitOnBranch(branch, { on, message, additions, deletions }) {
      const { full_name: repositoryNameWithOwner } = await repository();
      const [headline = "", ...rest] = message.trimEnd().split("\n");
      const input = {
        branch: { repositoryNameWithOwner, branchName: branch },
        expectedHeadOid: on,
        message: { headline, body: rest.join("\n").trim() },
        fileChanges: {
          additions: additions.map((file) => ({ path: file.path, contents: toBase64(file.content) })),
          deletions: deletions.map((file) => ({ path: file })),
        },
      };
      try {
        const made = await runMutation(
          { client, token, schema: onBranchSchema },
          { name: "createCommitOnBranch", input, fields: "commit { oid }", timeoutMs: SENDING_MS },
        );
        return made.commit.oid;
      } catch (error) {
        if (isRefusal(error, ELSEWHERE)) return null;
        throw error;
      }
    },
  };
}
