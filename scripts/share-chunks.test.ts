import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shareChunks } from "./share-chunks.ts";

test("what was written under several names is there once, and each name still brings it", () => {
  const folder = mkdtempSync(join(tmpdir(), "porter-chunks-"));
  const code = (value: string): string => `module.exports=[1,()=>"${value}"];${" ".repeat(5000)}`;
  const files = { "a.js": "one", "b.js": "one", "[root]_c.js": "two", "ssr/d.js": "one", "ssr/e.js": "two" };
  mkdirSync(join(folder, "ssr"));
  for (const [path, value] of Object.entries(files))
    writeFileSync(join(folder, path), `${code(value)}\n//# sourceMappingURL=${path}.map\n`);
  writeFileSync(join(folder, "small.js"), "module.exports=[];");

  expect(shareChunks(folder)).toBe(3 * code("one").length);
  const bring = createRequire(join(folder, "index.js")) as (path: string) => [number, () => string];
  for (const [path, value] of Object.entries(files)) expect(bring(join(folder, path))[1]()).toBe(value);
  const whole = Object.keys(files).filter((path) => readFileSync(join(folder, path), "utf8").length > 1000);
  expect(whole).toHaveLength(2);
  rmSync(folder, { recursive: true });
});
