import { SealError } from "@/server/crypto/sealer";

/** Which file of a set it is. Authenticated, so that a file in another one's place does not open. */
export type FileAt = { taskId: string; attempt: number; number: number; kind: string; part: number };

export type SealedBytes = { iv: string; box: ArrayBuffer };

/** Seals files with a key of their own, which lies sealed in a row: a new key of Porter's touches the row alone. */
export interface FileBox {
  seal(bytes: Uint8Array<ArrayBuffer>, at: FileAt): Promise<SealedBytes>;
  /** Throws `SealError` for a moved or an altered file. */
  open(sealed: SealedBytes, at: FileAt): Promise<Uint8Array<ArrayBuffer>>;
}

const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** 256 random bits, base64: what `openFileBox` takes. */
export const newFileKey = (): string => toBase64(crypto.getRandomValues(new Uint8Array(32)));

const aad = (at: FileAt) =>
  new TextEncoder().encode(JSON.stringify(["change_set", at.taskId, at.attempt, at.number, at.kind, at.part]));

export async function openFileBox(fileKey: string): Promise<FileBox> {
  const key = await crypto.subtle.importKey("raw", fromBase64(fileKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  return {
    async seal(bytes, at) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: aad(at) }, key, bytes);
      return { iv: toBase64(iv), box };
    },
    async open({ iv, box }, at) {
      try {
        const algorithm = { name: "AES-GCM", iv: fromBase64(iv), additionalData: aad(at) };
        return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, box));
      } catch (cause) {
        throw new SealError("a file of a change set does not open", { cause });
      }
    },
  };
}
