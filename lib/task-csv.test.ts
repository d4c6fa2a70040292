import { expect, test } from "vitest";
import type { TaskRowView } from "./live.ts";
import { csvLine, TASK_COLUMNS, taskCells } from "./task-csv.ts";

test("quotes what would break a line or a cell", () => {
  expect(csvLine(["a", 'say "hi", then', "two\nlines", undefined, 4])).toBe('a,"say ""hi"", then","two\nlines",,4\r\n');
});

test("a title cannot become a formula", () => {
  expect(csvLine(['=HYPERLINK("https://evil.example")', "+1", "-2", "@x", -3])).toBe(
    `"'=HYPERLINK(""https://evil.example"")",'+1,'-2,'@x,-3\r\n`,
  );
});

test("every column has its cell", () => {
  const task = { status: "success", id: "t" } as TaskRowView;
  expect(taskCells(task)).toHaveLength(TASK_COLUMNS.length);
});
