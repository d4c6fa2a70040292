import { readFileSync, writeSync } from "node:fs";
import { readFiles } from "./read-files.ts";
import { readRepository } from "./read-repository.ts";
import { type FilesAnswer, type Question, readerRequestSchema, type RepositoryAnswer } from "./reader-answers.ts";
import { readJson } from "../../../lib/json.ts";

function answerTo(question: Question): FilesAnswer | RepositoryAnswer {
  return question.ask === "files" ? readFiles(question) : readRepository(question);
}

/**
 * For ever: nothing of the agent's is read before. The program is started by the supervisor's user, since the agent's may
 * not be able to reach it where it lies.
 */
function become({ uid, gid }: { uid: number; gid: number }): void {
  process.setgroups?.([]);
  process.setgid?.(gid);
  process.setuid?.(uid);
  if (process.getuid?.() !== uid || process.geteuid?.() !== uid) throw new Error("the reader is somebody else");
}

/** Answers the question on stdin, as the user that it names. */
export function readAsAgent(): void {
  const { as, question } = readJson(readerRequestSchema, readFileSync(0, "utf8"));
  if (as !== null) become(as);
  const answer = Buffer.from(JSON.stringify(answerTo(question)));
  for (let at = 0; at < answer.length;) at += writeSync(1, answer, at);
}
