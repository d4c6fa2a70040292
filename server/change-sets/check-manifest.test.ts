import fc from "fast-check";
import { expect, test } from "vitest";
import type { Manifest } from "@/lib/change-set";
import { foreignParents, descendsFromBase, whichIsMissing, whyInconsistent } from "@/server/change-sets/check-manifest";
import { smallSet } from "@/server/testing/small-set";

const id = (digit: string): string => digit.repeat(40);
const part = (number: number, size: number) => ({ number, size, sha256: String(number).repeat(64) });
const blob = (digit: string, size: number, at: { part: number; at: number }) => ({ sha: id(digit), size, ...at });
const MB = 1024 ** 2;

/** Two commits; a file of 10 bytes over two parts, and an empty one behind them. */
function aManifest(): Manifest {
  const { manifest } = smallSet({ gone: "x" }, [{ a: "a", gone: null }, { b: "b" }]);
  manifest.parts = [part(1, 6), part(2, 4)];
  manifest.blobs = [blob("1", 10, { part: 1, at: 0 }), blob("2", 0, { part: 3, at: 0 })];
  return manifest;
}

test("a set as machines make it is consistent, and stands on its base", () => {
  expect(whyInconsistent(aManifest())).toBeNull();
  expect(descendsFromBase(aManifest())).toBe(true);
  expect(foreignParents(aManifest())).toEqual([]);
  expect(whyInconsistent({ ...aManifest(), commits: [], tree: aManifest().baseTree })).toBeNull();
});

const LIES: Record<string, (manifest: Manifest) => void> = {
  "a part is left out": (m) => m.parts.splice(0, 1),
  "parts in another order": (m) => m.parts.reverse(),
  "a blob behind the end": (m) => m.blobs.push(blob("3", 1, { part: 2, at: 4 })),
  "a blob longer than the parts": (m) => m.blobs.push(blob("3", 11, { part: 1, at: 0 })),
  "a blob in a part that is not there": (m) => m.blobs.push(blob("3", 1, { part: 9, at: 0 })),
  "a blob behind its own part": (m) => m.blobs.push(blob("3", 1, { part: 1, at: 8 })),
  "a blob twice": (m) => m.blobs.push(blob("1", 1, { part: 1, at: 0 })),
  "one megabyte that is a thousand files": (m) => {
    m.parts = [part(1, MB)];
    m.blobs = Array.from({ length: 1000 }, (_, at) => ({
      sha: String(at).padStart(40, "0"),
      size: MB,
      part: 1,
      at: 0,
    }));
  },
  "more than there may be": (m) => {
    m.parts = Array.from({ length: 8 }, (_, at) => part(at + 1, 8 * MB));
  },
  "a commit twice": (m) => m.commits.push(...m.commits.slice(1)),
  "the base as a commit": (m) => m.commits.splice(0, 1, { ...firstOf(m), sha: m.base }),
  "a commit that is its own parent": (m) => firstOf(m).parents.push(firstOf(m).sha),
  "a commit before its parent": (m) => m.commits.reverse(),
  "a path twice": (m) => firstOf(m).paths.push({ path: "a", entry: null }),
  "another tree than the last commit's": (m) => (m.tree = id("9")),
  "5,001 paths": (m) => {
    const paths = Array.from({ length: 2501 }, (_, at) => ({ path: `f${at}`, entry: null }));
    m.commits = m.commits.map((commit) => ({ ...commit, paths }));
  },
};
function firstOf({ commits }: Manifest) {
  const [first] = commits;
  if (first === undefined) throw new Error("no commit");
  return first;
}

test.each(Object.entries(LIES))("is refused: %s", (_name, lie) => {
  const manifest = aManifest();
  lie(manifest);
  expect(whyInconsistent(manifest)).toEqual(expect.any(String));
});

test("what does not come from the base by the first parents is not taken for what differs from it", () => {
  const foreign = aManifest();
  firstOf(foreign).parents = [id("8")];
  expect([descendsFromBase(foreign), foreignParents(foreign)]).toEqual([false, [id("8")]]);
  const merged = aManifest();
  firstOf(merged).parents.push(id("8"));
  expect([descendsFromBase(merged), foreignParents(merged)]).toEqual([true, [id("8")]]);
});

test("every blob of a consistent set lies in its parts, whatever is claimed", () => {
  const place = fc.record({ size: fc.nat(40), part: fc.integer({ min: 1, max: 5 }), at: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 4 }), fc.array(place), (sizes, places) => {
      const parts = sizes.map((size, at) => part(at + 1, size));
      const blobs = places.map((each, at) => ({ ...each, sha: String(at).padStart(40, "0") }));
      if (whyInconsistent({ ...aManifest(), parts, blobs }) !== null) return;
      const all = sizes.reduce((sum, size) => sum + size, 0);
      for (const { size, part: number, at } of blobs) {
        const start = sizes.slice(0, number - 1).reduce((sum, each) => sum + each, 0);
        expect(start + at + size).toBeLessThanOrEqual(all);
        if (size > 0) expect(at).toBeLessThanOrEqual(sizes[number - 1] ?? -1);
      }
    }),
  );
});

test("a part counts only where number, size and hash are those that came", () => {
  const there = [part(1, 6), part(2, 4)];
  expect(whichIsMissing(there, there)).toBeNull();
  expect(whichIsMissing([part(1, 6)], there)).toBeNull();
  expect(whichIsMissing([...there, part(3, 1)], there)?.number).toBe(3);
  expect(whichIsMissing([part(1, 7)], there)?.number).toBe(1);
  expect(whichIsMissing([part(2, 4)], there)?.number).toBe(2);
});
