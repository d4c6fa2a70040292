import { createHmac } from "node:crypto";
import { logRecordSchema } from "@/lib/agent-protocol";
import type { Ids } from "@/server/ids";
import type { ChangeFiles, StoredFile } from "@/server/logs/change-files";
import type { LogStore } from "@/server/logs/log-store";
import { SealError, type SealedAt, type Sealer } from "@/server/crypto/sealer";
import type { Random } from "./random";
import { readJson } from "@/lib/json";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Ids that the same seed makes again. */
export function seededIds(random: Random): Ids {
  const text = (length: number) => Array.from({ length }, () => ALPHABET[random.int(ALPHABET.length)]).join("");
  return {
    taskId: () => `task_${text(20)}`,
    uuid: () => `${text(8)}-${text(12)}`,
    secret: (bytes) => text(Math.ceil((bytes * 8) / 5)),
  };
}

/**
 * Seals without WebCrypto, whose promises would let the event loop choose an order: a key stream by HMAC, and the
 * place authenticated as the real one does. Only for runs that must repeat.
 */
export function seededSealer(random: Random): Sealer {
  const mac = (purpose: string, text: string) => createHmac("sha256", `fake-key-${purpose}`).update(text).digest();
  const place = (at: SealedAt) => JSON.stringify([at.table, at.row, at.user, at.field, 1]);
  const mask = (iv: string, text: Uint8Array) =>
    text.map((byte, index) => byte ^ (mac("stream", `${iv}|${index >> 5}`)[index & 31] ?? 0));
  const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
  return {
    currentVersion: 1,
    versions: [1],
    async seal(plain, at) {
      const iv = String(random.int(2 ** 31));
      const encryptedValue = base64(mask(iv, new TextEncoder().encode(plain)));
      const tag = base64(mac("tag", `${place(at)}|${iv}|${encryptedValue}`));
      return { encryptedValue, iv, tag, alg: "A256GCM", keyVersion: 1 };
    },
    async open(sealed, at) {
      const { encryptedValue, iv, tag } = sealed;
      if (tag !== base64(mac("tag", `${place(at)}|${iv}|${encryptedValue}`)))
        throw new SealError(`a sealed value of ${at.table} does not open`);
      return new TextDecoder().decode(
        mask(
          iv,
          Uint8Array.from(atob(encryptedValue), (char) => char.charCodeAt(0)),
        ),
      );
    },
    hmac: async (purpose, text, _version) => mac(`hmac-${purpose}`, text).toString("base64url"),
  };
}

/** The record store, in memory: the first writing of a key stays. `through` is one handler's way to it. */
export function memoryLogs() {
  const files = new Map<string, string>();
  const storeFor = (through: <T>(name: string, execute: () => Promise<T>) => Promise<T>): LogStore => {
    const putText = (key: string, text: string) =>
      through("put", async () => {
        if (!files.has(key)) files.set(key, text);
        return text.length;
      });
    const text = (key: string) => through("get", async () => files.get(key) ?? null);
    return {
      key: (taskId, attempt, seq) => `logs/${taskId}/${attempt}/${seq}`,
      blockKey: (taskId, attempt, range) => `logs/${taskId}/${attempt}/block-${range.first}-${range.last}`,
      textsKey: (taskId) => `texts/${taskId}`,
      putText,
      put: (key, records) => putText(key, records.map((record) => `${JSON.stringify(record)}\n`).join("")),
      text,
      async get(key) {
        const lines = (await text(key))?.split("\n").filter((line) => line !== "");
        return lines?.map((line) => readJson(logRecordSchema, line)) ?? null;
      },
      open: async () => null,
      remove: (keys) =>
        through("delete", async () => {
          for (const key of keys) files.delete(key);
        }),
      removeTask: (taskId) =>
        through("delete", async () => {
          const own = [...files.keys()].filter((key) => key.startsWith(`logs/${taskId}/`) || key === `texts/${taskId}`);
          for (const key of own) files.delete(key);
          return own.length;
        }),
    };
  };
  return { files, storeFor };
}

/** What was handed over, in memory, likewise. */
export function memoryChangeFiles() {
  const files = new Map<string, StoredFile>();
  const removeUnder = (prefix: string): number => {
    const own = [...files.keys()].filter((key) => key.startsWith(prefix));
    for (const key of own) files.delete(key);
    return own.length;
  };
  const storeFor = (through: <T>(name: string, execute: () => Promise<T>) => Promise<T>): ChangeFiles => ({
    partKey: ({ taskId, attempt, number }, { kind, part, sha256 }) =>
      `changes/${taskId}/${attempt}/${number}/${kind}-${part}-${sha256}`,
    manifestKey: ({ taskId, attempt, number }, hash) => `changes/${taskId}/${attempt}/${number}/manifest-${hash}`,
    put: (key, file) => through("put", async () => void files.set(key, file)),
    get: (key) => through("get", async () => files.get(key) ?? null),
    removeSet: ({ taskId, attempt, number }) =>
      through("delete", async () => removeUnder(`changes/${taskId}/${attempt}/${number}/`)),
    removeTask: (taskId) => through("delete", async () => removeUnder(`changes/${taskId}/`)),
  });
  return { files, storeFor };
}
