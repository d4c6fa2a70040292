import { createHash } from "node:crypto";

const bytesOf = (data: BufferSource): Uint8Array =>
  ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
const copyOf = (data: BufferSource): ArrayBuffer => new Uint8Array(bytesOf(data)).buffer;

const { importKey: real } = crypto.subtle;

/**
 * WebCrypto whose answers are there at once: the event loop would choose when a real one comes, and a run would not
 * repeat. Hashes are right; what is encrypted is only passed on, for the sealing has tests of its own.
 */
export async function withPlainCrypto<T>(run: () => Promise<T>): Promise<T> {
  const plain = {
    // Signatures of webhooks have keys of another kind.
    importKey: async (...args: unknown[]): Promise<unknown> =>
      args[2] === "AES-GCM" ? {} : Reflect.apply(real, crypto.subtle, args),
    digest: async (algorithm: string, data: BufferSource) =>
      new Uint8Array(createHash(algorithm.replace("-", "").toLowerCase()).update(bytesOf(data)).digest()).buffer,
    encrypt: async (_algorithm: unknown, _key: unknown, data: BufferSource) => copyOf(data),
    decrypt: async (_algorithm: unknown, _key: unknown, data: BufferSource) => copyOf(data),
  };
  const before = Object.keys(plain).map(
    (name) => [name, Object.getOwnPropertyDescriptor(crypto.subtle, name)] as const,
  );
  for (const [name, value] of Object.entries(plain))
    Object.defineProperty(crypto.subtle, name, { value, configurable: true, writable: true });
  try {
    return await run();
  } finally {
    // Other files share this runtime, and have real secrets to keep.
    for (const [name, own] of before) {
      if (own === undefined) Reflect.deleteProperty(crypto.subtle, name);
      else Object.defineProperty(crypto.subtle, name, own);
    }
  }
}
