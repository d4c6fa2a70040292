import { createVerify, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createAppJwt, toPkcs8Pem } from "@/server/github/app-jwt";
import { GitHubError } from "@/server/github/port";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pkcs1 = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const at = (iso: string) => () => new Date(iso);

function claimsOf(jwt: string): unknown {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const verifier = createVerify("RSA-SHA256").update(`${header}.${payload}`);
  expect(verifier.verify(publicKey, signature, "base64url")).toBe(true);
  return JSON.parse(Buffer.from(payload, "base64url").toString());
}

describe("the private key", () => {
  test("in PKCS#1, as GitHub hands it out, becomes the same PKCS#8 that OpenSSL makes of it", () => {
    expect(toPkcs8Pem(pkcs1).replace(/\s/g, "")).toBe(pkcs8.replace(/\s/g, ""));
  });

  test.each([
    ["with escaped line breaks", pkcs1.replaceAll("\n", "\\n")],
    ["with Windows line breaks", pkcs8.replaceAll("\n", "\r\n")],
    ["on one line", pkcs8.replaceAll("\n", "")],
    ["with space around it", `\n  ${pkcs1}\n\n`],
  ])("%s signs", async (_, key) => {
    const jwt = await createAppJwt({ appId: 777, privateKey: key, now: at("2026-11-22T09:00:00Z") })();
    expect(claimsOf(jwt)).toEqual({ iss: 777, iat: 1795337970, exp: 1795338570 });
  });

  test.each([
    ["empty", ""],
    ["no key", "canary-not-a-key"],
    ["a public key", publicKey.export({ type: "spki", format: "pem" }).toString()],
    ["cut in half", `${pkcs8.slice(0, 800)}\n-----END PRIVATE KEY-----`],
    ["broken base64", "-----BEGIN RSA PRIVATE KEY-----\ncanary\n-----END RSA PRIVATE KEY-----"],
  ])("that is %s is refused without a word of it", async (_, key) => {
    const error: unknown = await createAppJwt({ appId: 777, privateKey: key, now: at("2026-11-22T09:00:00Z") })().catch(
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof GitHubError)) throw new Error("not refused");
    expect(error.failure.kind).toBe("unauthenticated");
    expect(error.cause).toBeUndefined();
    expect(error.message).not.toContain("canary");
  });
});

test("one JWT serves for 8 minutes and no longer, also when the clock steps back", async () => {
  let now = new Date("2026-11-22T09:00:00Z");
  const jwt = createAppJwt({ appId: 777, privateKey: pkcs8, now: () => now });
  const first = await jwt();
  now = new Date("2026-11-22T09:07:59Z");
  expect(await jwt()).toBe(first);
  now = new Date("2026-11-22T09:08:00Z");
  const second = await jwt();
  expect(second).not.toBe(first);
  now = new Date("2026-11-22T09:00:00Z");
  expect(claimsOf(await jwt())).toMatchObject({ iat: 1795337970 });
});
