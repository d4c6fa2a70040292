/** One value sealed with AES-256-GCM. All parts base64; `tag` is the 128-bit authentication tag. */
export type Sealed = { encryptedValue: string; iv: string; tag: string; alg: "A256GCM"; keyVersion: number };

/** Where a sealed value lives. It is authenticated, so that a ciphertext moved elsewhere does not open. */
export type SealedAt = { table: string; row: string; user: string; field: string };

export interface Sealer {
  readonly currentVersion: number;
  readonly versions: number[];
  seal(plain: string, at: SealedAt): Promise<Sealed>;
  /** Throws `SealError` for an unknown key version, a moved or an altered value. */
  open(sealed: Omit<Sealed, "alg"> & { alg: string }, at: SealedAt): Promise<string>;
  /**
   * HMAC-SHA-256, base64url, under a key derived for `purpose`; for tokens that are only ever compared. `version` is
   * kept beside the result, so that a new key leaves what was handed out before as it is.
   * Throws `SealError` for an unknown key version.
   */
  hmac(purpose: string, text: string, version: number): Promise<string>;
}

export class SealError extends Error {
  override readonly name = "SealError";
}
const ALG = "A256GCM";
const TAG_BYTES = 16;
const utf8 = new TextEncoder();

/**
 * `keys`: version → at least 32 bytes; the highest version seals. Keys are derived by HKDF, so that sealing and HMAC
 * never share one.
 */
export function createSealer(keys: Map<number, Uint8Array<ArrayBuffer>>): Sealer {
  const currentVersion = Math.max(...keys.keys());
  const derived = new Map<string, Promise<CryptoKey>>();

  function derive(version: number, purpose: string): Promise<CryptoKey> {
    const name = `${version}|${purpose}`;
    const known = derived.get(name);
    if (known !== undefined) return known;
    const bytes = keys.get(version);
    if (bytes === undefined) return Promise.reject(new SealError(`key version ${version} is not configured`));
    const target =
      purpose === "seal"
        ? { algorithm: { name: "AES-GCM", length: 256 }, uses: ["encrypt", "decrypt"] as KeyUsage[] }
        : { algorithm: { name: "HMAC", hash: "SHA-256", length: 256 }, uses: ["sign"] as KeyUsage[] };
    const made = crypto.subtle
      .importKey("raw", bytes, "HKDF", false, ["deriveKey"])
      .then((base) =>
        crypto.subtle.deriveKey(
          { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8.encode(`porter|${purpose}`) },
          base,
          target.algorithm,
          false,
          target.uses,
        ),
      );
    derived.set(name, made);
    return made;
  }

  return {
    currentVersion,
    versions: [...keys.keys()].toSorted((a, b) => a - b),
    async seal(plain, at) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const key = await derive(currentVersion, "seal");
      const box = new Uint8Array(
        await crypto.subtle.encrypt(
          { name: "AES-GCM", iv, additionalData: aad(at, currentVersion) },
          key,
          utf8.encode(plain),
        ),
      );
      const cut = box.length - TAG_BYTES;
      return {
        encryptedValue: toBase64(box.subarray(0, cut)),
        iv: toBase64(iv),
        tag: toBase64(box.subarray(cut)),
        alg: ALG,
        keyVersion: currentVersion,
      };
    },
    async open(sealed, at) {
      if (sealed.alg !== ALG) throw new SealError(`unknown algorithm ${sealed.alg}`);
      const key = await derive(sealed.keyVersion, "seal");
      try {
        const box = new Uint8Array([...fromBase64(sealed.encryptedValue), ...fromBase64(sealed.tag)]);
        const plain = await crypto.subtle.decrypt(
          { name: "AES-GCM", iv: fromBase64(sealed.iv), additionalData: aad(at, sealed.keyVersion) },
          key,
          box,
        );
        return new TextDecoder().decode(plain);
      } catch (cause) {
        throw new SealError(`a sealed value of ${at.table} does not open`, { cause });
      }
    },
    async hmac(purpose, text, version) {
      const key = await derive(version, `hmac|${purpose}`);
      const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(text)));
      return toBase64(mac).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    },
  };
}

/** JSON, so that no choice of names can make two places look alike. */
const aad = (at: SealedAt, keyVersion: number) =>
  utf8.encode(JSON.stringify([at.table, at.row, at.user, at.field, keyVersion]));

const toBase64 = (bytes: Uint8Array) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
