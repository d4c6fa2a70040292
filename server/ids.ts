const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Sources of chance, in one place so that tests can make them repeat. */
export type Ids = {
  /** `task_` + 20 of `[a-z0-9]`. */
  taskId(): string;
  /** A random id for rows and moves. */
  uuid(): string;
  /** `bytes` random bytes, base64url. */
  secret(bytes: number): string;
};

export const randomIds: Ids = {
  taskId() {
    let id = "task_";
    while (id.length < 25) {
      // 252 is the largest multiple of 36 below 256: without the cut some letters are likelier.
      for (const byte of crypto.getRandomValues(new Uint8Array(32)))
        if (byte < 252 && id.length < 25) id += ALPHABET[byte % 36];
    }
    return id;
  },
  uuid: () => crypto.randomUUID(),
  secret(bytes) {
    const text = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes)));
    return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  },
};
