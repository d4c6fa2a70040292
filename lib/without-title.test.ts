import { expect, test } from "vitest";
import { withoutTitle } from "./without-title.ts";

test.each([
  ["Fix the race\n\n- a lock", "- a lock"],
  ["## Fix the race\n\n- a lock", "- a lock"],
  ["**Fix the race.**\n- a lock", "- a lock"],
  ["\n\nFIX  the race:\n\na lock", "a lock"],
  ["Fix the race\n============\na lock", "a lock"],
  ["- Fix the race\n- a lock", "- a lock"],
  ["Fix the race", ""],
  ["Title: Fix the race\n\na lock", "a lock"],
  ["✅ **Fix the race!**\n\na lock", "a lock"],
  ["<h2>Fix the race</h2>\n\na lock", "a lock"],
  ["[Fix the race](https://example.com)\n\na lock", "a lock"],
  ["Fix the race in refresh()\n\na lock", "Fix the race in refresh()\n\na lock"],
  ["a lock\nFix the race", "a lock\nFix the race"],
  ["", ""],
])("the title is not said again: %j", (text, rest) => expect(withoutTitle(text, "Fix the race")).toBe(rest));

test("without a title nothing is left out", () => {
  for (const title of [null, undefined, "", " - "]) expect(withoutTitle("- \nwords", title)).toBe("- \nwords");
});
