/** A file as it lies in R2: sealed. */
export type StoredFile = { iv: string; box: ArrayBuffer };

type SetName = { taskId: string; attempt: number; number: number };

const CHANGES_PREFIX = "changes/";

/** What attempts handed over of their work, in R2, as it came sealed. Nothing in here opens a file. */
export function createChangeFiles(bucket: R2Bucket) {
  const prefixOf = ({ taskId, attempt, number }: SetName): string => `${CHANGES_PREFIX}${taskId}/${attempt}/${number}/`;

  async function removeUnder(prefix: string): Promise<number> {
    let removed = 0;
    for (;;) {
      const { objects } = await bucket.list({ prefix, limit: 1000 });
      if (objects.length === 0) return removed;
      await bucket.delete(objects.map(({ key }) => key));
      removed += objects.length;
    }
  }

  return {
    /** The hash is in the name: another content for the same number lies beside it, and the row says which one counts. */
    partKey: (set: SetName, { kind, part, sha256 }: { kind: string; part: number; sha256: string }): string =>
      `${prefixOf(set)}${kind}-${String(part).padStart(4, "0")}-${sha256}`,

    manifestKey: (set: SetName, requestHash: string): string => `${prefixOf(set)}manifest-${requestHash}`,

    async put(key: string, { iv, box }: StoredFile): Promise<void> {
      await bucket.put(key, box, { customMetadata: { iv } });
    },

    /** Null when it is gone. */
    async get(key: string): Promise<StoredFile | null> {
      const object = await bucket.get(key);
      return object === null ? null : { iv: object.customMetadata?.iv ?? "", box: await object.arrayBuffer() };
    },

    /** Everything of a set; answers how many files went. */
    removeSet: (set: SetName): Promise<number> => removeUnder(prefixOf(set)),

    /** Everything of a task, likewise. */
    removeTask: (taskId: string): Promise<number> => removeUnder(`${CHANGES_PREFIX}${taskId}/`),
  };
}
export type ChangeFiles = ReturnType<typeof createChangeFiles>;
