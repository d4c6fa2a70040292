import githubAppJwt from "universal-github-app-jwt";
import { GitHubError } from "@/server/github/port";

/** PKCS#8 header of an RSA key: version 0 and the algorithm rsaEncryption (1.2.840.113549.1.1.1). */
const VERSION_AND_RSA = [
  0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];
/** A JWT lives 10 minutes from 30 s ago; a fresh one is made well before that. */
const REUSE_FOR_MS = 8 * 60_000;

/** One DER element; lengths from 128 on are written with their own length. */
function der(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  const header = length < 128 ? [tag, length] : [tag, 0x80 | bytes.length, ...bytes];
  return Uint8Array.from([...header, ...content]);
}

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
const toBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/**
 * The key as PKCS#8 PEM, the only form WebCrypto reads. GitHub hands out PKCS#1; line breaks may be written as
 * `\n`, as environment variables often have them.
 * @throws GitHubError (unauthenticated) when it is no RSA private key in PEM; the message shows nothing of it
 */
export function toPkcs8Pem(privateKey: string): string {
  const pem = privateKey.replaceAll("\\n", "\n").trim();
  const match = /^-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END (?:RSA )?PRIVATE KEY-----$/.exec(pem);
  const base64 = match?.[2]?.replace(/\s+/g, "") ?? "";
  if (base64 === "") {
    throw new GitHubError({
      kind: "unauthenticated",
      message: "The GitHub App's private key is not an RSA key in PEM form",
    });
  }
  const isPkcs1 = match?.[1] !== undefined;
  const body = isPkcs1
    ? toBase64(der(0x30, Uint8Array.from([...VERSION_AND_RSA, ...der(0x04, fromBase64(base64))])))
    : base64;
  return `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`;
}

/** Signs the App's JWT and reuses it for 8 minutes. The returned function throws GitHubError (unauthenticated). */
export function createAppJwt(options: { appId: number; privateKey: string; now: () => Date }): () => Promise<string> {
  let current: { token: string; madeAt: number } | null = null;
  return async () => {
    const now = options.now().getTime();
    if (current !== null && now >= current.madeAt && now - current.madeAt < REUSE_FOR_MS) return current.token;
    try {
      const privateKey = toPkcs8Pem(options.privateKey);
      const { token } = await githubAppJwt({ id: options.appId, privateKey, now: Math.floor(now / 1000) });
      current = { token, madeAt: now };
      return token;
    } catch (error) {
      if (error instanceof GitHubError) throw error;
      // No cause: it may quote the key.
      throw new GitHubError({ kind: "unauthenticated", message: "The GitHub App's private key cannot sign" });
    }
  };
}
