import { expect, test } from "vitest";
import { pathsOfSet } from "@/server/change-sets/judge";
import { factsOf, type Files, smallSet } from "@/server/testing/small-set";
import { BrokenSet } from "./open-change-set";
import { ruleFiles } from "./rule-files";

const MB = 1024 ** 2;

/** The rules on a set whose base GitHub has; what was asked of either in order. */
async function ruled(base: Files, files: Files) {
  const set = smallSet(base, [files]);
  const facts = factsOf(set);
  const calls: string[] = [];
  const nameOf = (sha: string): string =>
    set.manifest.commits[0]?.paths.find(({ entry }) => entry?.sha === sha)?.path ?? sha;
  const rulings = await ruleFiles({
    manifest: set.manifest,
    facts,
    setPaths: pathsOfSet(set.manifest, facts),
    async contentOf(sha) {
      calls.push(nameOf(sha));
      const content = set.contents.get(sha);
      if (content === undefined) throw new BrokenSet("blob", "not there");
      return new Uint8Array(content);
    },
    async baseContent(sha) {
      const path = [...set.base].find(([, entry]) => entry.sha === sha)?.[0] ?? "";
      calls.push(`base ${path}`);
      return set.before.get(path) ?? null;
    },
  });
  return { rulings, calls, findings: [...rulings.values()].flatMap((ruling) => ruling.findings) };
}

test("of a file no more than a window is text at a time, whatever is in it", async () => {
  const { decode } = TextDecoder.prototype;
  let longest = 0;
  TextDecoder.prototype.decode = function noting(input, options) {
    longest = Math.max(longest, input?.byteLength ?? 0);
    return decode.call(this, input, options);
  };
  try {
    const size = 5 * MB;
    const lines = new Uint8Array(3 * MB).fill(10);
    await ruled({}, { "lines.txt": lines, "a.bin": new Uint8Array(size), "b.js": "x;".repeat(size / 2) });
  } finally {
    TextDecoder.prototype.decode = decode;
  }
  expect(longest).toBeGreaterThan(MB / 2);
  expect(longest).toBeLessThanOrEqual(MB + 64 * 1024);
});

test("each file is read once, and the base only where something is found in what it has", async () => {
  const hidden = "a\u202eb\n";
  const base = { "plain.ts": "a\n", "hidden.ts": hidden };
  const { calls, findings } = await ruled(base, {
    "plain.ts": "a\nb\n",
    "hidden.ts": `${hidden}more\n`,
    "new.ts": hidden.repeat(2),
  });
  expect(calls).toEqual(["plain.ts", "hidden.ts", "base hidden.ts", "new.ts"]);
  expect(findings.map(({ path }) => path)).toEqual(["new.ts"]);
});

test("GitHub is asked for a few files of the base at most; the others count as new", async () => {
  const all = Array.from({ length: 60 }, (_, at) => [`f${at}.ts`, `${at}\u202e\n`] as const);
  const changed = all.map(([path, text]) => [path, `${text}more\n`]);
  const { calls, findings } = await ruled(Object.fromEntries(all), Object.fromEntries(changed));
  expect(calls.filter((call) => call.startsWith("base"))).toHaveLength(40);
  expect(findings).toHaveLength(20);
});
