import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeEnvFile } from "./env-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "porter-env-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const roundTrip = (value: string): string | undefined => {
  const path = join(folder, "vars.env");
  writeEnvFile(path, { VALUE: value, NEXT: "x" });
  return parseEnv(readFileSync(path, "utf8"))["VALUE"];
};

it("gives back a private key with its lines, and JSON with its quotes", () => {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  expect(roundTrip(privateKey)).toBe(privateKey.trim());
  expect(roundTrip('{"anthropic":"http://127.0.0.1:1"}')).toBe('{"anthropic":"http://127.0.0.1:1"}');
});

it("gives back every one-line value without a single quote", () => {
  const line = fc.string().filter((text) => !/['\r\n\0]/.test(text));
  fc.assert(fc.property(line, (value) => roundTrip(value) === value));
});

it("refuses what it could not give back, and keeps the file to its owner", () => {
  expect(() => roundTrip("it's")).toThrow("VALUE holds a single quote");
  roundTrip("secret");
  expect(statSync(join(folder, "vars.env")).mode & 0o777).toBe(0o600);
});
