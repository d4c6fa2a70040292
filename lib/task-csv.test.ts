import { expect, test } from "vitest";
import { type CsvTask, csvLine, TASK_COLUMNS, taskCells } from "./task-csv.ts";

test("quotes what would break a line or a cell", () => {
  expect(csvLine(["a", 'say "hi", then', "two\nlines", undefined, 4])).toBe('a,"say ""hi"", then","two\nlines",,4\r\n');
});

test("a title cannot become a formula", () => {
  expect(csvLine(['=HYPERLINK("https://evil.example")', "+1", "-2", "@x", -3])).toBe(
    `"'=HYPERLINK(""https://evil.example"")",'+1,'-2,'@x,-3\r\n`,
  );
});

test.each([" =1+1", "\n=1", "\t@x", "\u200B=1", "\uFF1D1+1", "\uFEFF+1"])("nor behind %j", (title) => {
  expect(csvLine([title])).toMatch(/^"?'/);
});

test("separators of other countries stand inside quotes, words of any script as they are", () => {
  expect(csvLine(["a;b", "a\tb", " a", "日本語 🎉 שלום", "1-2"])).toBe('"a;b","a\tb"," a",日本語 🎉 שלום,1-2\r\n');
});

test("the columns stand in the order that spreadsheets were made for", () => {
  expect(TASK_COLUMNS.join()).toBe(
    "id,state,failure,repository,issue,title,agent,model,requester,created,started,ended,attempt,steps,files,additions,deletions,cost_usd,input_tokens,output_tokens,pull_request",
  );
  const task = { id: "t", status: "failed", failureCode: "no_changes", repoOwner: "a", repoName: "b", steps: 4 };
  expect(taskCells(task as CsvTask)).toEqual(
    TASK_COLUMNS.map(
      (name) => ({ id: "t", state: "no_changes", failure: "no_changes", repository: "a/b", steps: 4 })[name],
    ),
  );
});
