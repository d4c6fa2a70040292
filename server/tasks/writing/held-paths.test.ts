import { expect, it } from "vitest";
import { smallSet } from "@/server/testing/small-set";
import { canGoToo } from "./held-paths";

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
  expect(offered([]).toSorted()).toEqual([".env", "dist/a.js"]);
  expect(offered([".env"])).toEqual(["dist/a.js"]);
});

it("offers a file of the commits as it is in the end, and none that went again", () => {
  const { manifest } = smallSet({}, [
    { "deploy.pem": "one", "gone.pem": "x" },
    { "deploy.pem": "two", "gone.pem": null },
  ]);
  const reason = { kind: "private_key" };
  const heldBack = JSON.stringify(["deploy.pem", "gone.pem"].map((path) => ({ path, reason })));
  const last = manifest.commits[1]?.paths.find(({ path }) => path === "deploy.pem");
  expect(canGoToo({ heldBack }, manifest, [])).toEqual([last]);
});
