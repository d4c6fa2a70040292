import { readFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readFiles } from "./read-files.ts";
import { readRepository } from "./read-repository.ts";
import { type FilesAnswer, type ReaderRequest, readerRequestSchema, type RepositoryAnswer } from "./reader-answers.ts";
import { readJson } from "../../../lib/json.ts";

/** With this argument the runner's program is the reader: it answers one question on stdin and ends. */
export const READER_FLAG = "--read-as-agent";
/** The program that holds this file: the bundle, or this file itself. */
export const READER_PROGRAM = fileURLToPath(import.meta.url);

function answerTo(request: ReaderRequest): FilesAnswer | RepositoryAnswer {
  return request.ask === "files" ? readFiles(request) : readRepository(request);
}

if (process.argv[2] === READER_FLAG && process.argv[1] === READER_PROGRAM) {
  const request = readJson(readerRequestSchema, readFileSync(0, "utf8"));
  const answer = Buffer.from(JSON.stringify(answerTo(request)));
  for (let at = 0; at < answer.length;) at += writeSync(1, answer, at);
  // In the bundle the rest of the runner would follow.
  process.exit();
}
