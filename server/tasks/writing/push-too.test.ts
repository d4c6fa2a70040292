import { expect, it } from "vitest";
import { smallSet } from "@/server/testing/small-set";
import { canGoToo } from "./push-too";

it("offers the files of a folder that is held back, and none that holds a secret of the run or went already", () => {
  const held = smallSet({}, [{ "dist/a.js": "1", "dist/key": "2", "distant.js": "3", ".env": "4" }]).manifest;
  const entries = held.commits.flatMap(({ paths }) => paths);
  const heldEntries = entries.flatMap(({ path, entry }) => (entry === null ? [] : [{ path, entry }]));
  const heldBack = JSON.stringify([
    { path: "dist/", reason: { kind: "artefacts", files: 2 } },
    { path: "dist/key", reason: { kind: "own_secret" } },
    { path: ".env", reason: { kind: "env_file" } },
  ]);
  const { manifest } = smallSet({}, [{ "src/a.ts": "a" }]);
  const offered = (pushedToo: string[]) =>
    canGoToo({ heldBack }, { ...manifest, heldEntries }, pushedToo).map(({ path }) => path);
  expect(offered([])).toEqual(["dist/a.js", ".env"]);
  expect(offered([".env"])).toEqual(["dist/a.js"]);
});
