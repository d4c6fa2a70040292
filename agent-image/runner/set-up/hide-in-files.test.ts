import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { secretForms } from "../../../lib/secret-forms.ts";
import { hideInFiles } from "./hide-in-files.ts";

const SECRET = `fake+canary/${"0123456789".repeat(9)} of "two" words`;
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "porter-hide-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const hide = async (roots: { own?: string[]; shared?: string[] } = { own: [folder] }): Promise<string[]> =>
  hideInFiles({
    own: roots.own ?? [],
    shared: roots.shared ?? [],
    uid: process.getuid?.() ?? 0,
    secrets: [SECRET],
    since: Date.now(),
    until: Date.now() + 60_000,
  });
const wrapped = (text: string, width: number): string =>
  (text.match(new RegExp(`.{1,${width}}`, "g")) ?? []).join("\n  ");

test("overwrites a secret in every spelling, on one line or many, and keeps the rest", async () => {
  const forms = secretForms(SECRET).filter((form) => !form.includes(" "));
  const texts = forms.flatMap((form) => [form, wrapped(form, 64), wrapped(form, 76)]);
  for (const [n, text] of texts.entries()) writeFileSync(at(String(n)), `before=${text}\nafter`);
  expect((await hide()).length).toBe(texts.length);
  for (const [n, text] of texts.entries()) {
    expect(readFileSync(at(String(n)), "utf8")).toBe(`before=${text.replace(/\S/g, "x")}\nafter`);
  }
});

test("finds it wherever it lies: deep, read-only, closed, between two reads of a large file", async () => {
  mkdirSync(at("a/b"), { recursive: true });
  const large = Buffer.alloc(9 * 1024 * 1024, 0);
  large.write(SECRET, 4 * 1024 * 1024 - 20);
  large.write(SECRET, 8 * 1024 * 1024 - 1);
  writeFileSync(at("a/b/large"), large);
  writeFileSync(at("a/b/read-only"), SECRET, { mode: 0o400 });
  chmodSync(at("a/b"), 0o000);
  expect(await hide()).toHaveLength(2);
  chmodSync(at("a/b"), 0o700);
  for (const name of ["a/b/large", "a/b/read-only"]) expect(readFileSync(at(name), "latin1")).not.toContain("canary");
  expect(statSync(at("a/b/large")).size).toBe(large.length);
});

test("leaves alone what is behind a link, and what others keep closed", async () => {
  mkdirSync(at("kept"), { mode: 0o755 });
  writeFileSync(at("kept/file"), SECRET);
  mkdirSync(at("home"));
  symlinkSync(at("kept"), at("home/link"));
  symlinkSync(at("kept/file"), at("home/file"));
  expect(await hide({ own: [at("home"), at("none")] })).toEqual([]);
  expect(readFileSync(at("kept/file"), "utf8")).toBe(SECRET);
});

test("also in names of files, folders and links, and in what is compressed", async () => {
  const short = SECRET.slice(0, 11) + SECRET.slice(12, 60);
  const inNames = short.replaceAll("/", "_");
  const hideIt = () =>
    hideInFiles({
      own: [folder],
      shared: [],
      uid: process.getuid?.() ?? 0,
      secrets: [inNames],
      since: Date.now(),
      until: Date.now() + 60_000,
    });
  mkdirSync(at(`a/${inNames}/b`), { recursive: true });
  writeFileSync(at(`a/${inNames}/b/${inNames}.txt`), inNames);
  symlinkSync(`/nowhere/${inNames}`, at("link"));
  writeFileSync(at("object"), deflateSync(`blob 60\0token=${inNames}`));
  writeFileSync(at("log.gz"), gzipSync(`token=${inNames}`));
  writeFileSync(at("other.gz"), gzipSync("nothing"));
  writeFileSync(at("broken.gz"), Buffer.from([0x1f, 0x8b, 0]));
  expect((await hideIt()).length).toBe(6);
  const left = readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted();
  const masked = "x".repeat(inNames.length);
  expect(left).toEqual(["a", `a/${masked}`, `a/${masked}/b`, `a/${masked}/b/${masked}.txt`, "broken.gz", "other.gz"]);
  expect(readFileSync(at(`a/${masked}/b/${masked}.txt`), "utf8")).toBe(masked);
});

test("fails rather than to be late", async () => {
  writeFileSync(at("file"), SECRET);
  const late = {
    own: [folder],
    shared: [],
    uid: process.getuid?.() ?? 0,
    secrets: [SECRET],
    since: Date.now(),
    until: 0,
  };
  await expect(hideInFiles(late)).rejects.toThrow("not enough time");
});
