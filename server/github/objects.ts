import { z } from "zod";
import { readBounded } from "@/lib/bounded-body";
import { tryJson } from "@/lib/json";
import { refPath } from "@/server/github/contents";
import { orNull, unavailableError } from "@/server/github/errors";
import { apiPath } from "@/server/github/github-client";
import type { GitHubRepository } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";

const statusSchema = z.object({ status: z.enum(["ahead", "behind", "diverged", "identical"]) });

const blobSchema = z.object({ content: z.string(), encoding: z.literal("base64"), size: z.int().min(0) });
/** With a line's end after each 60 characters, and what JSON and the other fields take. */
const inBase64 = (bytes: number): number => Math.ceil(bytes / 3) * 4 * 1.05 + 4096;

export type ObjectCalls = Pick<GitHubRepository, "isInHistory" | "fileContent">;

export function createObjects(calls: RepositoryCalls): ObjectCalls {
  const { client } = calls;
  return {
    async isInHistory(commit, branch) {
      // GitHub lists the files on the first page alone, and there can be megabytes of them.
      const query = { per_page: 1, page: 2 };
      const call = inRepository(calls, apiPath`/compare/${commit}` + `...${refPath(branch)}`, { query });
      const answer = await orNull(client.get(statusSchema, call));
      return answer?.status === "ahead" || answer?.status === "identical";
    },
    async fileContent(sha, maxBytes) {
      const answer = await orNull(client.stream(inRepository(calls, apiPath`/git/blobs/${sha}`)));
      if (answer === null || !(answer.data instanceof ReadableStream)) return null;
      const body = answer.data as ReadableStream<Uint8Array<ArrayBuffer>>;
      let text: Uint8Array | null;
      try {
        text = await readBounded({ headers: new Headers(), body }, inBase64(maxBytes));
      } catch (error) {
        throw unavailableError("GitHub broke off in the middle of a file", error);
      }
      if (text === null) return null;
      const blob = tryJson(blobSchema, new TextDecoder().decode(text));
      if (blob === undefined) throw unavailableError("GitHub's answer of a file could not be read");
      return blob.size > maxBytes ? null : Uint8Array.from(atob(blob.content), (char) => char.charCodeAt(0));
    },
  };
}
