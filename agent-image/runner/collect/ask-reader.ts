import { spawn } from "node:child_process";
import type { z } from "zod";
import type { AgentUser } from "../agent-user.ts";
import { SIDE_PROGRAM, READER_FLAG } from "../side-program-path.ts";
import {
  type FilesAnswer,
  filesAnswerSchema,
  type Question,
  type RepositoryAnswer,
  repositoryAnswerSchema,
} from "./reader-answers.ts";
import { readJson } from "../../../lib/json.ts";

type Asking = { user: AgentUser; timeoutMs: number };

const MOST_BYTES = 64 * 1024 ** 2;

export const askForRepository = async (
  request: Omit<Extract<Question, { ask: "repository" }>, "ask">,
  asking: Asking,
): Promise<RepositoryAnswer> => ask({ ask: "repository", ...request }, { ...asking, schema: repositoryAnswerSchema });

export const askForFiles = async (
  request: Omit<Extract<Question, { ask: "files" }>, "ask">,
  asking: Asking,
): Promise<FilesAnswer> => ask({ ask: "files", ...request }, { ...asking, schema: filesAnswerSchema });

/**
 * Lets a process that becomes the agent's user read what is the agent's, so that no link or pipe leads the supervisor
 * anywhere. Throws when the reader fails, says too much or does not end in time.
 */
async function ask<Schema extends z.ZodType>(
  question: Question,
  { user, timeoutMs, schema }: Asking & { schema: Schema },
): Promise<z.infer<Schema>> {
  const child = spawn(process.execPath, [SIDE_PROGRAM, READER_FLAG], {
    cwd: "/",
    env: { PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const chunks: Buffer[] = [];
  let size = 0;
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  child.stdin.on("error", () => undefined);
  const as = user.separate ? { uid: user.uid, gid: user.gid } : null;
  child.stdin.end(JSON.stringify({ as, question }));
  child.stdout.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > MOST_BYTES) child.kill("SIGKILL");
    else chunks.push(chunk);
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  }).finally(() => clearTimeout(timer));
  if (exitCode !== 0) throw new Error(`the agent's files could not be read (${exitCode ?? "killed"})`);
  return readJson(schema, Buffer.concat(chunks).toString("utf8"));
}
