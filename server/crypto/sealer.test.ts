import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSealer, SealError, type SealedAt } from "./sealer";

const key = (byte: number) => new Uint8Array(32).fill(byte);
const at: SealedAt = {
  table: "user_secrets",
  row: "1:anthropic:ANTHROPIC_API_KEY",
  user: "1",
  field: "ANTHROPIC_API_KEY",
};
const sealer = createSealer(new Map([[1, key(1)]]));

test("opens what it sealed, any text", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 200 }), async (plain) => {
      expect(await sealer.open(await sealer.seal(plain, at), at)).toBe(plain);
    }),
    { numRuns: 50 },
  );
});

test("seals the same text differently each time, with a 96-bit IV and a 128-bit tag", async () => {
  const [one, two] = await Promise.all([sealer.seal("canary", at), sealer.seal("canary", at)]);
  expect(one.encryptedValue).not.toBe(two.encryptedValue);
  expect(atob(one.iv)).toHaveLength(12);
  expect(atob(one.tag)).toHaveLength(16);
});

describe("a sealed value does not open", () => {
  const places: [string, Partial<SealedAt>][] = [
    ["in another table", { table: "user_oauth_tokens" }],
    ["in another row", { row: "2:anthropic:ANTHROPIC_API_KEY" }],
    ["for another user", { user: "2" }],
    ["under another field", { field: "OPENAI_API_KEY" }],
  ];
  test.each(places)("%s", async (_name, moved) => {
    const sealed = await sealer.seal("canary", at);
    await expect(sealer.open(sealed, { ...at, ...moved })).rejects.toThrow(SealError);
  });

  test("with borders between the parts of its place shifted", async () => {
    const sealed = await sealer.seal("canary", { ...at, row: "1", user: "23" });
    await expect(sealer.open(sealed, { ...at, row: "12", user: "3" })).rejects.toThrow(SealError);
  });

  test.each(["encryptedValue", "iv", "tag"] as const)("with its %s altered", async (part) => {
    const sealed = await sealer.seal("canary", at);
    const bytes = Uint8Array.from(atob(sealed[part]), (char) => char.charCodeAt(0));
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await expect(sealer.open({ ...sealed, [part]: btoa(String.fromCharCode(...bytes)) }, at)).rejects.toThrow(
      SealError,
    );
  });

  test("with parts that are no base64, and says so as a seal error", async () => {
    const sealed = await sealer.seal("canary", at);
    await expect(sealer.open({ ...sealed, iv: "%%%" }, at)).rejects.toThrow(SealError);
    await expect(sealer.open({ ...sealed, encryptedValue: "%%%" }, at)).rejects.toThrow(SealError);
  });

  test("with another algorithm's name, or another key of the same version", async () => {
    const sealed = await sealer.seal("canary", at);
    await expect(sealer.open({ ...sealed, alg: "none" }, at)).rejects.toThrow("unknown algorithm");
    await expect(createSealer(new Map([[1, key(9)]])).open(sealed, at)).rejects.toThrow(SealError);
  });

  test("under a version that is not configured, and the error names the version", async () => {
    const sealed = await createSealer(new Map([[2, key(2)]])).seal("canary", at);
    await expect(sealer.open(sealed, at)).rejects.toThrow("key version 2 is not configured");
  });
});

describe("after a new key is added", () => {
  const both = createSealer(
    new Map([
      [2, key(2)],
      [1, key(1)],
    ]),
  );

  test("the highest version seals and the old one still opens", async () => {
    expect((await both.seal("canary", at)).keyVersion).toBe(2);
    expect(await both.open(await sealer.seal("canary", at), at)).toBe("canary");
    expect(both.versions).toEqual([1, 2]);
  });

  test("tokens that were compared before still compare, under the version they were made with", async () => {
    expect(await both.hmac("callback", "token", 1)).toBe(await sealer.hmac("callback", "token", 1));
    expect(await both.hmac("callback", "token", 2)).not.toBe(await sealer.hmac("callback", "token", 1));
  });

  test("a version that is not configured is named", async () => {
    await expect(sealer.hmac("callback", "token", 2)).rejects.toThrow("key version 2 is not configured");
  });
});

test("an HMAC is its purpose's own", async () => {
  expect(await sealer.hmac("callback", "token", 1)).not.toBe(await sealer.hmac("claim", "token", 1));
});
