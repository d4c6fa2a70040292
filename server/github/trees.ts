import { z } from "zod";
import { isMissing, orNull } from "@/server/github/errors";
import { apiPath } from "@/server/github/github-client";
import type { GitHubRepository, GitTreeFile } from "@/server/github/port";
import { inRepository } from "@/server/github/repository-calls";
import type { RepositoryCalls } from "@/server/github/repository-calls";

const commitSchema = z.object({ tree: z.object({ sha: z.string() }) });
const treeSchema = z.object({
  truncated: z.boolean().default(false),
  tree: z.array(z.object({ path: z.string(), mode: z.string(), sha: z.string() })),
});
type TreeAnswer = z.infer<typeof treeSchema>;

/** The tree that git makes of nothing. No repository has to keep it. */
export const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
/** An answer has up to 7 MB. */
const READING_MS = 25_000;
/** What a truncated answer is read with instead: a call a folder, each of them whole if it can be. */
const MOST_CALLS = 60;
const MOST_FILES = 300_000;

/** Modes of old repositories (100664) are what git makes of them. */
function modeOf(mode: string): GitTreeFile["mode"] {
  if (mode === "100755" || mode === "120000" || mode === "160000") return mode;
  return "100644";
}

export type TreeCalls = Pick<GitHubRepository, "treeOf" | "treeFiles">;

export function createTrees(calls: RepositoryCalls): TreeCalls {
  const { client } = calls;

  async function read(tree: string, isRecursive: boolean): Promise<TreeAnswer> {
    const query = isRecursive ? { query: { recursive: 1 } } : {};
    const call = { ...inRepository(calls, apiPath`/git/trees/${tree}`, query), timeoutMs: READING_MS };
    try {
      return await client.get(treeSchema, call);
    } catch (error) {
      if (tree === EMPTY_TREE && isMissing(error)) return { truncated: false, tree: [] };
      throw error;
    }
  }

  return {
    async treeOf(commit) {
      const call = inRepository(calls, apiPath`/git/commits/${commit}`);
      return (await orNull(client.get(commitSchema, call)))?.tree.sha ?? null;
    },
    async treeFiles(tree) {
      const files = new Map<string, GitTreeFile>();
      const folders = [{ at: "", tree }];
      for (let left = MOST_CALLS; ; left -= 1) {
        const folder = folders.pop();
        if (folder === undefined) return files;
        if (left <= 0 || files.size > MOST_FILES) return null;
        let answer = await read(folder.tree, true);
        const isCutOff = answer.truncated;
        if (isCutOff) {
          left -= 1;
          answer = await read(folder.tree, false);
        }
        // A folder whose own names do not fit.
        if (answer.truncated) return null;
        for (const entry of answer.tree) {
          const name = folder.at + entry.path;
          if (entry.mode !== "040000") files.set(name, { mode: modeOf(entry.mode), sha: entry.sha });
          else if (isCutOff) folders.push({ at: `${name}/`, tree: entry.sha });
        }
      }
    },
  };
}
