import { expect, test } from "vitest";
import { createAppJwt, toPkcs8Pem } from "@/server/github/app-jwt";

const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const bytesOf = (base64url: string) =>
  Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
const pem = (label: string, bytes: Uint8Array) =>
  `-----BEGIN ${label}-----\n${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).replace(/(.{64})/g, "$1\n")}\n-----END ${label}-----\n`;

async function freshKey() {
  const pair = await crypto.subtle.generateKey(
    { ...RSA, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ["sign", "verify"],
  );
  if (!("privateKey" in pair)) throw new Error("no key pair");
  const exported = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  if (!(exported instanceof ArrayBuffer)) throw new Error("no PKCS#8");
  const pkcs8 = new Uint8Array(exported);
  // 4 bytes of outer header, 18 of version and algorithm, 4 of the octet string's header: what follows is PKCS#1.
  return {
    publicKey: pair.publicKey,
    pkcs8: pem("PRIVATE KEY", pkcs8),
    pkcs1: pem("RSA PRIVATE KEY", pkcs8.slice(26)),
  };
}

test("workerd signs the App's JWT with a PKCS#1 and with a PKCS#8 key", async () => {
  const { publicKey, pkcs8, pkcs1 } = await freshKey();
  expect(toPkcs8Pem(pkcs1).replace(/\s/g, "")).toBe(pkcs8.replace(/\s/g, ""));
  for (const privateKey of [pkcs1, pkcs8]) {
    const jwt = await createAppJwt({ appId: 777, privateKey, now: () => new Date("2026-11-22T09:00:00Z") })();
    const [header = "", payload = "", signature = ""] = jwt.split(".");
    const signed = new TextEncoder().encode(`${header}.${payload}`);
    expect(await crypto.subtle.verify(RSA, publicKey, bytesOf(signature), signed)).toBe(true);
    expect(JSON.parse(new TextDecoder().decode(bytesOf(payload)))).toEqual({
      iss: 777,
      iat: 1795337970,
      exp: 1795338570,
    });
  }
});
