import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "./checks/command.ts";

it("names for each promise of the threat model a test that is there", () => {
  const page = readFileSync(join(ROOT, "docs", "threat-model.md"), "utf8");
  const promised = page.split("## Promised")[1]?.split("\n## ")[0] ?? "";
  const rows = promised.split("\n").filter((line) => line.startsWith("| ") && !/^\| (?:promise|-)/.test(line));
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    const files = [...row.matchAll(/`([\w./-]+\.(?:test|spec)\.ts)`/g)].map(([, file]) => file ?? "");
    expect(files, row).not.toEqual([]);
    for (const file of files) expect(existsSync(join(ROOT, file)), file).toBe(true);
  }
});
