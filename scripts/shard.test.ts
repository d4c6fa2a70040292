import { describe, expect, test } from "vitest";
import { readShard, runsInShard, shardArguments } from "./shard.ts";

describe("a shard", () => {
  test("is a part of a whole, and handed to the runners as it is", () => {
    expect(readShard("2/3")).toEqual({ part: 2, of: 3 });
    expect(shardArguments(readShard("3/3"))).toEqual(["--shard=3/3"]);
    expect(shardArguments(undefined)).toEqual([]);
  });

  test.each(["0/3", "4/3", "1", "1/0", "a/b", "1/3/5", "-1/3", "1.5/3", " 1/3", ""])("is never %j", (text) => {
    expect(() => readShard(text)).toThrow("--shard takes a part of a whole");
  });

  test("of several runs each stage that cannot be shared out once in all", () => {
    for (const count of [1, 2, 5]) {
      const parts = Array.from({ length: count }, (_, index) => readShard(`${index + 1}/${count}`));
      expect(parts.filter((part) => runsInShard(false, part))).toHaveLength(1);
      expect(parts.filter((part) => runsInShard(true, part))).toHaveLength(count);
    }
    expect(runsInShard(false, undefined)).toBe(true);
  });
});
