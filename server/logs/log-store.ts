import { type LogRecord, logRecordSchema } from "@/lib/agent-protocol";
import { readJson } from "@/lib/json";

/** An attempt's record stream in R2, gzip NDJSON: chunks as they come, blocks once it has ended. */
export function createLogStore(bucket: R2Bucket) {
  async function putText(key: string, text: string): Promise<number> {
    const packed = await new Response(
      new Blob([text]).stream().pipeThrough(new CompressionStream("gzip")),
    ).arrayBuffer();
    await bucket.put(key, packed, {
      onlyIf: new Headers({ "if-none-match": "*" }),
      httpMetadata: { contentType: "application/x-ndjson", contentEncoding: "gzip" },
    });
    return packed.byteLength;
  }

  async function text(key: string): Promise<string | null> {
    const object = await bucket.get(key);
    if (object === null) return null;
    return new Response(object.body.pipeThrough(new DecompressionStream("gzip"))).text();
  }

  return {
    key: (taskId: string, attempt: number, seq: number) =>
      `logs/${taskId}/${attempt}/${String(seq).padStart(7, "0")}.ndjson.gz`,

    /** The range is in the name, so that whatever lies there holds what the rows say. */
    blockKey: (taskId: string, attempt: number, range: { first: number; last: number }) =>
      `logs/${taskId}/${attempt}/block-${range.first}-${range.last}.ndjson.gz`,

    /** A repeat leaves the first writing in place. Returns the stored size in bytes. */
    put: (key: string, records: LogRecord[]): Promise<number> =>
      putText(key, records.map((record) => `${JSON.stringify(record)}\n`).join("")),

    /** Lines of NDJSON, each with its line end; otherwise like `put`. */
    putText,

    /** Records of one chunk or block; null when it is gone. */
    async get(key: string): Promise<LogRecord[] | null> {
      const lines = await text(key);
      if (lines === null) return null;
      return lines
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => readJson(logRecordSchema, line));
    },

    /** One chunk's or block's NDJSON; null when it is gone. */
    text,

    /** A chunk or block as stored, gzip; null when it is gone. */
    async open(key: string): Promise<ReadableStream | null> {
      return (await bucket.get(key))?.body ?? null;
    },

    /** Texts of a task that has ended (tasks/texts): of their own, because logs are kept for less long. */
    textsKey: (taskId: string) => `texts/${taskId}.json.gz`,

    /** Everything of a task; answers how many files of its logs went. */
    async removeTask(taskId: string): Promise<number> {
      await bucket.delete(`texts/${taskId}.json.gz`);
      let removed = 0;
      for (;;) {
        const { objects } = await bucket.list({ prefix: `logs/${taskId}/`, limit: 1000 });
        if (objects.length === 0) return removed;
        await bucket.delete(objects.map(({ key }) => key));
        removed += objects.length;
      }
    },

    /** At most 1,000 keys; what is gone stays gone. */
    remove: async (keys: string[]): Promise<void> => bucket.delete(keys),
  };
}
export type LogStore = ReturnType<typeof createLogStore>;
