import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { FAILURE_CODES, FAILURES } from "../lib/failures.ts";
import { FAILURES_PAGE, failuresPage } from "./failures-page.ts";

it("docs/failures.md is what lib/failures.ts says (else: node scripts/failures-page.ts)", () => {
  // The formatter lines the columns up.
  const plain = (text: string): string => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");
  expect(plain(readFileSync(FAILURES_PAGE, "utf8"))).toBe(plain(failuresPage()));
});

it("no two codes tell people the same", () => {
  const sentences = FAILURE_CODES.map((code) => FAILURES[code].sentence);
  expect(new Set(sentences).size).toBe(sentences.length);
});

it("what a task waits for always has a way out", () => {
  for (const code of FAILURE_CODES) if (FAILURES[code].resumes) expect(FAILURES[code].fix).not.toBeNull();
});
