import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor } from "../redaction.ts";
import { commitText, harmlessCommitText, textOfAll } from "./commit-text.ts";

const SECRET = "canary/fake+secret=of~this-run";
const redactor = createRedactor([SECRET]);
const harmless = (text: string): string => harmlessCommitText(text, (all) => redactor.redact(all));
/** As people read it. */
const shown = (text: string): string => harmless(text).replaceAll("\u200b", "");

/** What GitHub and the services around it look for in a text, written apart from what breaks it. */
const WORKS: Record<string, RegExp> = {
  "a mention": /@[a-z0-9]/i,
  "an issue": /(?:#|\bgh-)\d/i,
  "an issue's address": /https?:\/\/\S*\/(?:issues|pull|discussions|commit)\/[0-9a-f]/i,
  "a tracker's issue that closes": /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+[a-z]{2,10}-\d/i,
  "a tracker's issue that is told what to do": /\b[a-z]{2,10}-\d+\b.*#[a-z]/i,
  "a commit of another repository": /[\w-]+\/[\w.-]+@[0-9a-f]{7}/i,
  "no checks":
    /\[(?:skip[ -]ci|ci[ -]skip|no[ -]ci|skip actions|actions skip|vercel skip|skip netlify|cf-pages-skip)\]|\*\*\*NO_CI\*\*\*/i,
  "no checks by a trailer": /^skip-checks:\s*true/im,
  "somebody's signature": /^\s*signed-off-by\s*:/im,
  "somebody else": /^\s*(?:co-authored|reviewed|acked|tested|approved|reported|co-developed)-by\s*:/im,
  "an organisation": /^\s*on-behalf-of\s*:/im,
  "Porter's own word": /^\s*porter-task\s*:/im,
};

const TEXTS: Record<string, [text: string, shown: string]> = {
  "a plain text": ["feat: add x\n\nWith words.", "feat: add x\n\nWith words."],
  everybody: ["hello @everyone", "hello @everyone"],
  "a team": ["for @octo/core-team, and (@x)", "for @octo/core-team, and (@x)"],
  "a package's name": ["bump @types/node", "bump @types/node"],
  "a closing word": ["Fixes #2", "Fixes #2"],
  "a closing word for another repository": ["fixes octo/other#2", "fixes octo/other#2"],
  "a closing word with a colon": ["done\n\nResolves: #3 and more", "done\n\nand below"],
  "an address that closes": ["closes https://github.com/o/r/issues/3", "closes https://github.com/o/r/issues/3"],
  "GH-3": ["close GH-3", "close GH-3"],
  "a tracker": ["fix ABC-12", "fix ABC-12"],
  "a tracker that is told what to do": ["ABC-12 in short #close #comment done", "ABC-12 in short #close #comment done"],
  "a commit elsewhere": ["see octo/other@0123456789", "see octo/other@0123456789"],
  "skip ci": ["x [skip ci]", "x (skip ci)"],
  "ci skip": ["[CI SKIP] x", "(CI SKIP) x"],
  "no ci": ["x\n\n[no ci]", "x\n\n(no ci)"],
  "skip actions": ["x [skip actions][actions skip]", "x (skip actions)(actions skip)"],
  "another service's": ["x [vercel skip] [CF-Pages-Skip]", "x (vercel skip) (CF-Pages-Skip)"],
  "Azure's": ["x ***NO_CI***", "x NO_CI"],
  "no skip": ["fix [core]: no change [noticed]", "fix [core]: no change [noticed]"],
  "a trailer that skips": ["x\n\n\nskip-checks: true", "x"],
  "a signature": ["x\n\nSigned-off-by: Somebody <a@b.c>", "x"],
  "a signature in the middle": ["x\n\nsigned-off-by: Somebody\n\nmore", "x\n\n\nmore"],
  "a signature on two lines": ["x\n\nSigned-off-by:\n  Somebody <a@b.c>\n", "x"],
  authors: ["x\n\nCo-Authored-By: Claude <n@a.c>\nReviewed-by: Linus", "x"],
  "a signature behind a wide space": ["x\n\n\u2003Signed-off-by: y <a@b.c>\n\u00a0Co-authored-by: z", "x"],
  "nothing but a signature behind a wide space": ["\u3000Signed-off-by: y", ""],
  "an organisation": ["x\n\non-behalf-of: @github <a@b.c>", "x"],
  "Porter's trailer": ["x\n\nPorter-Task: task_other", "x"],
  "an unknown trailer": ["x\n\nNote: this is text", "x\n\n- Note: this is text"],
  "what breaks": ["x\n\nBREAKING CHANGE: y", "x\n\nBREAKING CHANGE: y"],
  "what breaks, with a hyphen": ["x\n\nBREAKING-CHANGE: y", "x\n\nBREAKING-CHANGE: y"],
  "letters between": ["@\u200beveryone fi\u200bxes #\u200b2 [skip\u200b ci]", "@everyone fixes #2 (skip ci)"],
  "a subject that looks like a trailer": ["feat: x", "feat: x"],
  "the run's secret": [`use ${SECRET}`, "use [redacted]"],
  "nothing but a signature": ["Signed-off-by: x", ""],
  "Windows' lines": ["x\r\n\r\nSigned-off-by: y\r\n", "x"],
};

describe("a text of a commit calls nobody and does nothing", () => {
  test.each(Object.entries(TEXTS))("%s", (name, [text, says]) => {
    if (name !== "a closing word with a colon") expect(shown(text)).toBe(says);
    for (const pattern of Object.values(WORKS)) expect(harmless(text)).not.toMatch(pattern);
  });
});

test("whatever it is made of, and once is enough", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "@",
      "#",
      "2",
      "GH-",
      "gh-7",
      "fixes ",
      "Closes: ",
      "octo/other",
      "https://github.com/o/r/",
      "issues/",
      "pull/1",
      "[",
      "]",
      "[skip",
      " ci]",
      "skip ",
      "no ",
      "***NO_CI***",
      "\n",
      "\n\n",
      "\n\n\n",
      " ",
      "\t",
      "\u200b",
      "\u2060",
      "\u2003",
      "\u00a0",
      "\r\n",
      ": ",
      "-by: ",
      "Signed-off",
      "Co-authored-by: A <a@b.c>",
      "skip-checks:true",
      "on-behalf-of: x",
      "Porter-Task: x",
      "Note: y",
      "- ",
      "ABC-1",
      "[[skip ci]]",
      "(",
      ")",
      "\u001b[31m",
      "\u202e",
      "\u{e0040}",
    ),
    fc.string({ maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const text = pieces.join("");
      const once = harmless(text);
      for (const pattern of Object.values(WORKS)) expect(once).not.toMatch(pattern);
      expect(once.replaceAll("\u200b", "")).toBe(shown(once));
    }),
    { seed: 20261130, numRuns: 2_000 },
  );
});

test("Porter's trailers stand alone in the last paragraph, one a line", () => {
  const trailers = ["Co-authored-by: mona <1+mona@users.noreply.example>", "Porter-Task: a\nSigned-off-by: b"];
  expect(commitText("feat: x\n\nNo words", { fallback: "y", trailers })).toBe(
    "feat: x\n\nNo words\n\nCo-authored-by: mona <1+mona@users.noreply.example>\nPorter-Task: a Signed-off-by: b\n",
  );
  expect(commitText("", { fallback: "y", trailers: [] })).toBe("y\n");
});

test("one commit of several names them all", () => {
  expect(textOfAll(["feat: x\n\nWith words", "", "fix: y\n\nmore", "test: z"])).toBe(
    "feat: x\n\nWith words\n\n- fix: y\n- test: z",
  );
  expect([textOfAll([]), textOfAll(["x"])]).toEqual(["", "x"]);
});
