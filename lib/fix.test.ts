import { expect, test } from "vitest";
import {
  addressOf,
  adviceFix,
  commandFix,
  type Fix,
  isWay,
  linkTo,
  linkWords,
  pageFix,
  readFix,
  reconnectFix,
} from "./fix.ts";
import { fixSchema } from "./fix-schema.ts";

const EVERY: Fix[] = [
  pageFix("open it", "/a"),
  reconnectFix(),
  linkTo("see it", "https://x.test"),
  commandFix("retry"),
  adviceFix("Wait."),
];

test("the browser reads every kind that the schema knows, and no other", () => {
  const kinds = fixSchema.options.map(({ shape }) => shape.kind.value);
  expect(EVERY.map(({ kind }) => kind).toSorted()).toEqual(kinds.toSorted());
  for (const fix of EVERY) {
    expect(fixSchema.parse(fix)).toEqual(fix);
    expect(readFix(fix)).toEqual(fix);
  }
  for (const wrong of [
    undefined,
    null,
    "/settings",
    "Try again.",
    {},
    { kind: "page" },
    { kind: "toString" },
    { kind: "page", label: "a", path: 1 },
  ])
    expect(readFix(wrong)).toBeUndefined();
});

test("a way has words that begin a sentence, and an address here and elsewhere", () => {
  const ways = EVERY.filter(isWay);
  expect(ways.map(linkWords)).toEqual(["Open it", "Reconnect GitHub", "See it"]);
  expect(ways.map((way) => addressOf(way))).toEqual(["/a", "/api/auth/github?reconnect=1", "https://x.test"]);
  expect(addressOf(pageFix("open it", "/a"), "https://porter.test")).toBe("https://porter.test/a");
});
