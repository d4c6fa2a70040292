import { type HttpAnswer, isRecord, parseJson, problemAnswer } from "./exchange.ts";

/** The emulator's words of a 422, and GitHub's. */
const words: [RegExp, string][] = [
  [/^Invalid base_tree$/, "base_tree is not a valid tree oid"],
  [/^Invalid (blob|tree) sha$/, "tree.sha is not a valid $1"],
  [/^Cannot pass both sha and content$/, "Must supply tree.sha or tree.content, but not both"],
  [/^Invalid tree$/, "Tree SHA does not exist"],
  [/^Invalid parent .+$/, "Parent SHA does not exist or is not a commit object"],
  [/^Invalid sha$/, "Object does not exist"],
  [/^Update is not a fast-forward$/, "Update is not a fast forward"],
];

export function inGitHubsWords(answer: HttpAnswer): HttpAnswer {
  const body = answer.status === 422 ? parseJson(answer.body) : undefined;
  if (!isRecord(body)) return answer;
  const message = String(body.message);
  const known = words.find(([pattern]) => pattern.test(message));
  return known === undefined ? answer : problemAnswer(422, message.replace(known[0], known[1]));
}
