import type { LogRecord } from "@/lib/agent-protocol";

/** Chunks of an attempt's record stream in R2, gzip NDJSON (storage.md "Logs"). */
export function createLogStore(bucket: R2Bucket) {
  return {
    key: (taskId: string, attempt: number, seq: number) =>
      `logs/${taskId}/${attempt}/${String(seq).padStart(7, "0")}.ndjson.gz`,

    /** A repeat leaves the first writing in place. Returns the stored size in bytes. */
    async put(key: string, records: LogRecord[]): Promise<number> {
      const text = records.map((record) => `${JSON.stringify(record)}\n`).join("");
      const packed = await new Response(
        new Blob([text]).stream().pipeThrough(new CompressionStream("gzip")),
      ).arrayBuffer();
      await bucket.put(key, packed, {
        onlyIf: new Headers({ "if-none-match": "*" }),
        httpMetadata: { contentType: "application/x-ndjson", contentEncoding: "gzip" },
      });
      return packed.byteLength;
    },

    /** Records of one chunk; empty when it is gone. */
    async get(key: string): Promise<LogRecord[]> {
      const object = await bucket.get(key);
      if (object === null) return [];
      const text = await new Response(object.body.pipeThrough(new DecompressionStream("gzip"))).text();
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as LogRecord);
    },
  };
}
export type LogStore = ReturnType<typeof createLogStore>;
