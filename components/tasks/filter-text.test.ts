import fc from "fast-check";
import { expect, test } from "vitest";
import { withAddress, withAsked, type FilterText, filterText } from "./filter-text";

const typing = (state: FilterText, typed: string): FilterText => ({ ...state, typed });

test("an answer that comes while more is typed does not take the letters away", () => {
  let field = withAsked(typing(filterText(""), "wid"));
  field = typing(field, "widgets");
  expect(withAddress(field, "wid").typed).toBe("widgets");
});

test("nor does the second of two answers", () => {
  let field = withAsked(typing(filterText(""), "wid"));
  field = withAsked(typing(field, "widg"));
  field = typing(field, "widgets");
  expect(withAddress(withAddress(field, "wid"), "widg").typed).toBe("widgets");
});

test("going back in the browser shows what the address says", () => {
  const field = withAddress(withAsked(typing(filterText(""), "wid")), "wid");
  expect(withAddress(field, "").typed).toBe("");
});

test("spaces around the text are not asked for, and not taken from who types", () => {
  const field = withAsked(typing(filterText(""), "fix "));
  expect(field.asked).toEqual(["fix"]);
  expect(withAddress(field, "fix").typed).toBe("fix ");
});

test("a text that was typed and taken back is waited for by nobody: going back shows the address again", () => {
  let field = withAsked(typing(filterText(""), ""));
  field = withAddress(field, "x");
  expect(withAddress(field, "").typed).toBe("");
});

test("an address that says nothing new changes nothing", () => {
  const field = withAsked(typing(filterText("a"), "ab"));
  expect(withAddress(field, "a")).toBe(field);
});

test("in any order of typing, asking and answers, some of them skipped: the field never changes under its reader's fingers", () => {
  const act = fc.oneof(
    fc.record({ is: fc.constant("type" as const), text: fc.string({ maxLength: 4 }) }),
    fc.record({ is: fc.constant("ask" as const) }),
    fc.record({ is: fc.constant("answer" as const), skips: fc.nat(2) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (story) => {
      let field = filterText("");
      let typed = "";
      let open: string[] = [];
      for (const one of story) {
        if (one.is === "type") field = typing(field, (typed = one.text));
        if (one.is === "ask") {
          const { asked } = field;
          field = withAsked(field);
          if (field.asked !== asked) open.push(typed.trim());
        }
        if (one.is === "answer" && open.length > 0) {
          // A router that is asked again before it answered gives the newer answer alone.
          const [address = ""] = (open = open.slice(Math.min(one.skips, open.length - 1)));
          open = open.slice(1);
          field = withAddress(field, address);
        }
        expect(field.typed).toBe(typed);
      }
    }),
    { numRuns: 300 },
  );
});
