import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readStrictJson } from "./strict-json.ts";

const read = (text: string) => readStrictJson(Buffer.from(text));

describe("a body that is forwarded", () => {
  it("is read as JSON reads it, whatever it holds", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)])
          expect(JSON.stringify(read(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { seed: 20261130, numRuns: 300 },
    );
  });

  it("has no name twice in one object, at whatever depth and however it is spelt", () => {
    const name = fc.string();
    const spellings = (text: string) => [
      JSON.stringify(text),
      `"${[...text].map((char) => JSON.stringify(char).slice(1, -1)).join("")}"`,
      `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")}"`,
    ];
    fc.assert(
      fc.property(
        name,
        fc.jsonValue(),
        fc.array(fc.constantFrom("[", '{"in":'), { maxLength: 5 }),
        (twin, value, outer) => {
          const json = JSON.stringify(value);
          for (const second of spellings(twin)) {
            const inner = `{${JSON.stringify(twin)}:${json}, "other ${twin.length}":[{}], ${second} : ${json}}`;
            const close = outer
              .map((open) => (open === "[" ? "]" : "}"))
              .toReversed()
              .join("");
            expect(() => read(`{"top":${outer.join("")}${inner}${close}}`)).toThrow("twice");
          }
        },
      ),
      { seed: 20261130, numRuns: 200 },
    );
  });

  it("may have a name again in another object, and in a text", () => {
    for (const text of [
      '{"a":{"a":1},"b":{"a":[{"a":1},{"a":2}]}}',
      '{"a":"a\\":1,\\"a","b":"\\\\","c":"{\\"a\\":1,\\"a\\":2}"}',
      '{"a":["a","a"]}',
    ])
      expect(read(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ["no JSON", "{"],
    ["no JSON", '{"a":1}x'],
    ["no JSON", ""],
    ["no JSON", "\u{FEFF}{}"],
    ["no JSON object", "[]"],
    ["no JSON object", "null"],
    ["no JSON object", '"text"'],
    ["nested", `{"a":${"[".repeat(200)}${"]".repeat(200)}}`],
    ["nested", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
  ])("is refused: %s", (why, text) => {
    expect(() => read(text)).toThrow(why);
  });

  it("is strict UTF-8", () => {
    expect(() => readStrictJson(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toThrow("UTF-8");
  });
});
