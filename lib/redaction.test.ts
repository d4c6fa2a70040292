import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpuMsOf } from "./testing/cpu-time.ts";
import { createRedactor, REDACTED } from "./redaction.ts";
import { secretForms } from "./secret-forms.ts";

const SEED = 20261122;
const parameters = { seed: SEED, numRuns: 300 };
const key = "sk-canary-fake/Zq3+Vb7_Lm9xTr5-Kw2HdYs8NcPf4";
const token = "canary+fake/installation=token~81527364909";

const secret = fc
  .oneof(
    fc.string({ minLength: 8, maxLength: 120, unit: "grapheme-ascii" }),
    fc.string({ minLength: 8, maxLength: 40, unit: "grapheme" }),
    fc.constantFrom(key, token),
  )
  .filter((value) => value.trim().length >= 8 && new Set(value).size >= 6);

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const hex = (text: string): string => Buffer.from(text).toString("hex");

/** Encoders that know nothing of the redactor's own list. */
const ENCODERS: Record<string, (value: string, around: string) => string> = {
  plain: (value) => value,
  base64: (value, around) => base64(around + value + around),
  "base64 without padding": (value, around) => base64(around + value).replace(/=+$/, ""),
  base64url: (value, around) => Buffer.from(around + value).toString("base64url"),
  "basic auth": (value) => base64(`x-access-token:${value}`),
  url: (value) => encodeURIComponent(value.toWellFormed()),
  form: (value) => new URLSearchParams({ k: value }).toString(),
  hex: (value) => hex(value),
  "capital hex": (value) => hex(value).toUpperCase(),
  json: (value) => JSON.stringify({ value }),
  "json in json": (value) => JSON.stringify({ line: JSON.stringify({ value }) }),
};
const encoder = fc.constantFrom(...Object.keys(ENCODERS));

function chunks(text: string, cuts: number[]): string[] {
  const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...at].map((from, i) => text.slice(from, at[i] ?? text.length));
}

function streamed(secrets: string[], parts: string[]): string {
  const stream = createRedactor(secrets).stream();
  return parts.map((part) => stream.push(part)).join("") + stream.end();
}

const leaks = (out: string, value: string): string[] =>
  secretForms(value).filter((form) => form.length >= 8 && !REDACTED.includes(form) && out.includes(form));

describe("own secrets", () => {
  it.each(Object.keys(ENCODERS))("never leave in %s form, however the text is cut", (name) => {
    fc.assert(
      fc.property(
        secret,
        fc.string({ maxLength: 7 }),
        fc.string(),
        fc.array(fc.nat(), { maxLength: 12 }),
        (value, around, prose, cuts) => {
          const text = `${prose} ${ENCODERS[name]?.(value, around)} ${prose}`;
          const out = streamed([value], chunks(text, cuts));
          if (leaks(prose, value).length === 0) expect(leaks(out, value)).toEqual([]);
        },
      ),
      parameters,
    );
  });

  it("leave the same text whether it comes whole, in chunks or character by character", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 30 }), encoder), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        (pieces, cuts) => {
          const text = pieces
            .map(
              ([prose, name]) =>
                `${prose}\n${ENCODERS[name]?.(key, "ab")} ghp_fake0000000000000000000000 -----BEGIN FAKE PRIVATE KEY-----\nMIIfake\n-----END FAKE PRIVATE KEY-----`,
            )
            .join(" ");
          const whole = createRedactor([key, token]).redact(text);
          expect(streamed([key, token], chunks(text, cuts))).toBe(whole);
          expect(streamed([key, token], [...text])).toBe(whole);
        },
      ),
      { ...parameters, numRuns: 100 },
    );
  });

  it("are hidden in base64 that is wrapped at 76 columns, and in pieces of 16 characters", () => {
    const long = `canary-fake-${"0123456789abcdefXYZ".repeat(8)}-end`;
    const wrapped = base64(`${long}\n`).replace(/.{76}/g, "$&\n");
    const redact = createRedactor([long]).redact;
    expect(redact(wrapped).replaceAll(REDACTED, "").length).toBeLessThan(12);
    expect(createRedactor([key]).redact(`head: ${key.slice(3, 23)} tail`)).toBe(`head: ${REDACTED} tail`);
  });

  it("are one mark each, and text without them is untouched", () => {
    const redactor = createRedactor([key, token]);
    expect(redactor.redact(`a ${key} b ${token} c`)).toBe(`a ${REDACTED} b ${REDACTED} c`);
    fc.assert(
      fc.property(fc.lorem({ maxCount: 200 }), (text) => {
        expect(redactor.redact(text)).toBe(text);
      }),
      parameters,
    );
  });

  it("are found in a patch in every form, as text and as bytes", () => {
    const redactor = createRedactor([key, token]);
    for (const encode of Object.values(ENCODERS)) {
      expect(redactor.containsOwnSecret(`+x = ${encode(token, "")}\n`)).toBe(true);
      expect(redactor.containsOwnSecret(Buffer.from(`+x = ${encode(token, "")}\n\xff`))).toBe(true);
    }
    expect(redactor.containsOwnSecret("+ nothing here\n")).toBe(false);
    expect(createRedactor(["abc", ""]).containsOwnSecret("abc")).toBe(false);
  });
});

const FOREIGN: [string, string][] = [
  ["a GitHub token", `ghs_fake${"Ab0._-".repeat(6)}`],
  ["a GitHub token", `github_pat_fake${"0A_b".repeat(8)}`],
  ["an Anthropic key", `sk-ant-fake03-${"a1B_".repeat(8)}`],
  ["an API key", `sk-proj-fake${"a1B_".repeat(8)}`],
  ["an Amp key", `sgamp_fake_${"a1B2".repeat(6)}`],
  ["an AWS access key", "AKIAFAKE000000000000"],
  ["a Google API key", `AIzaFake${"x".repeat(31)}`],
  ["a Fly token", `FlyV1 fm2_fake${"Ab0+/=".repeat(6)},fm2_more${"Z9".repeat(12)}`],
  ["a Fly token", `fm1r_fake${"Ab0+/".repeat(6)}`],
  ["a Slack token", "xoxb-fake-000000000000"],
  ["an npm token", `npm_fake${"0".repeat(32)}`],
  ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----\nfakefakefake+/=\nfake\n-----END OPENSSH PRIVATE KEY-----"],
];

describe("foreign tokens", () => {
  it.each(FOREIGN)("%s is named but not repeated, and hidden at every cut", (label, value) => {
    const redactor = createRedactor([]);
    expect(redactor.findTokenShapes(`+const x = "${value}";`)).toContain(label);
    const text = `say "${value}" twice: ${value}\nend`;
    for (let cut = 0; cut <= text.length; cut++)
      expect(streamed([], [text.slice(0, cut), text.slice(cut)])).toBe(`say "${REDACTED}" twice: ${REDACTED}\nend`);
    expect(redactor.redact(JSON.stringify({ line: `\n${value}` }))).toBe(`{"line":"\\n${REDACTED}"}`);
  });

  it("leave class names, hashes and words alone", () => {
    const text =
      "sk-loading-indicator-container task-list-of-many-things 3f786850e387550fdab836ed7e6dc881de23001b disk-usage-by-folder-0";
    expect(createRedactor([]).redact(text)).toBe(text);
    expect(createRedactor([]).findTokenShapes(text)).toEqual([]);
  });

  it("are hidden to their end even when they are longer than what is held back", () => {
    const huge = `ghp_${"a".repeat(70_000)}`;
    const out = streamed([], [...(`x ${huge} y`.match(/[\s\S]{1,1000}/g) ?? [])]);
    expect(out.startsWith(`x ${REDACTED}`)).toBe(true);
    expect(out.endsWith(" y")).toBe(true);
    expect(out.includes("aaaa")).toBe(false);
  });
});

it("reads hostile text in linear time", () => {
  const redactor = createRedactor([key, token]);
  for (const unit of [
    "-----BEGIN A PRIVATE KEY-----",
    "sk-",
    "ghp_",
    "FlyV1 ",
    "a".repeat(64),
    "x y ",
    key.slice(0, 15),
  ]) {
    const text = unit.repeat(Math.ceil(2_000_000 / unit.length));
    expect(cpuMsOf(() => redactor.redact(text))).toBeLessThan(20_000);
  }
});
