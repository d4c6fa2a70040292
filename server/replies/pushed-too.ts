import type { HeldBack } from "@/lib/held-back";
import { reasonSentences } from "@/lib/held-back-words";
import { namedList } from "./pull-request";
import { plainLine } from "./neutralise";

/** What was pushed to a pull request after it was opened. `head`: the commit that brought it. */
export type PushedToo = {
  head: string;
  by: string;
  /** With what each was held back for. */
  paths: readonly HeldBack[];
  draftReasons: readonly string[];
  notices: readonly string[];
};

const MAX_LIST = 1200;
const MAX_BODY = 65_000;

/**
 * The text of a pull request with what was pushed too at its top: nobody who read it before would look for that further
 * down, and what people changed in it since stays. The same head again changes nothing. What has no room is left out:
 * the run's page has it.
 */
export function withPushedToo(body: string, { head, by, paths, draftReasons, notices }: PushedToo): string {
  const marker = `<!-- porter:pushed=${head} -->`;
  if (body.includes(marker)) return body;
  const block = [
    ...namedList("This is a draft", draftReasons, MAX_LIST),
    ...namedList(`Pushed too, as ${plainLine(by, 60)} asked`, reasonSentences(paths), MAX_LIST),
    ...namedList("Worth a look", notices, MAX_LIST),
  ].join("\n\n");
  const told = `${block}\n\n${marker}\n\n---\n\n${body}`;
  return told.length > MAX_BODY ? body : told;
}
