import { describe, expect, test } from "vitest";
import { NETWORK_MODES, type NetworkMode } from "./network.ts";
import { hostNames, MOST_NAMES, networkOfRun, networkSchema } from "./network-settings.ts";

test("without a setting the package registries are open, and no name besides", () => {
  expect(networkSchema.parse({})).toEqual({ preset: "registries", names: [] });
});

test("a wrong name is refused by its place, the same name counts once, and too many are too many", () => {
  const wrong = hostNames.safeParse(["a.example", "10.0.0.1"]);
  expect(wrong.error?.issues.map(({ path }) => path)).toEqual([[1]]);
  expect(hostNames.parse([" A.example", "a.example", "*.a.example"])).toEqual(["a.example", "*.a.example"]);
  const many = (count: number) => Array.from({ length: count }, (_, index) => `h${index}.example`);
  expect(hostNames.safeParse(many(MOST_NAMES)).success).toBe(true);
  expect(hostNames.safeParse(many(MOST_NAMES + 1)).success).toBe(false);
});

describe("what one run may reach", () => {
  const run = (person: NetworkMode, repository: NetworkMode | null) =>
    networkOfRun({ preset: person, names: ["mine.example"] }, { preset: repository, names: ["theirs.example"] });
  const all = NETWORK_MODES.flatMap((person) => [null, ...NETWORK_MODES].map((other) => ({ person, other })));

  test.each(all)("person $person, repository $other: neither is widened by the other one", ({ person, other }) => {
    const { preset, names } = run(person, other);
    const place = (of: NetworkMode) => NETWORK_MODES.indexOf(of);
    expect(place(preset)).toBe(Math.min(place(person), place(other ?? person)));
    expect(names.includes("mine.example")).toBe(other !== "none");
    expect(names.includes("theirs.example")).toBe(person !== "none");
  });
});
