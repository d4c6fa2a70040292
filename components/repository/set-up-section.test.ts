import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { repositorySettingsSchema } from "@/lib/repository-settings";
import type { RepositorySetUp } from "@/lib/set-up/page";
import { SetUpSection } from "./set-up-section";

const run = (
  attempt: number,
  report: RepositorySetUp["recent"][number]["report"],
): RepositorySetUp["recent"][number] => ({
  taskId: "task_abcdefghij0123456789",
  attempt,
  at: `2026-11-20T10:0${attempt}:00.000Z`,
  report,
});
const base: RepositorySetUp = {
  settings: repositorySettingsSchema.parse({}),
  file: null,
  found: { from: [], run: null, start: null, services: [], problems: [], line: null },
  wanted: [],
  secrets: [],
  isAdmin: false,
  recent: [],
};
const shown = (setUp: RepositorySetUp): string => renderToStaticMarkup(createElement(SetUpSection, { setUp }));
const words = (html: string): string => html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");

test("the last set-ups are told with their outcome and time, each with its run", () => {
  const html = shown({
    ...base,
    recent: [
      run(4, { outcome: "done", ms: 83_000, exitCode: 0 }),
      run(3, { outcome: "failed", ms: 2_000, exitCode: 1 }),
      run(2, { outcome: "timed_out", ms: 300_000, exitCode: null }),
      run(1, { outcome: "none", ms: 0, exitCode: null }),
    ],
  });
  expect(words(html)).toMatch(
    /Your last set-ups .* done 1 m 23 s .* failed 2 s .* took too long 5 m .* nothing to run/,
  );
  expect(html.match(/href="\/tasks\/task_abcdefghij0123456789\?attempt=\d"/g)).toHaveLength(4);
  expect(words(shown(base))).not.toContain("last set-ups");
});

test("what is read of the repository is text, whatever it holds", () => {
  const text = '<script>alert(1)</script>\n"&\u202e';
  const found = { ...base.found, from: [".porter.yml"], run: text, line: `Set-up: ${text}`, problems: [text] };
  const html = shown({ ...base, file: text, found });
  expect(html).not.toContain("<script>");
  expect(html.match(/&lt;script&gt;/g)).toHaveLength(4);
});
