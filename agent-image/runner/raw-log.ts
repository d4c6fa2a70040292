import { LineSplitter } from "./line-splitter.ts";
import type { RecordStream } from "./record-stream.ts";
import type { RunSecrets } from "./run-secrets.ts";

type Parts = { records: RecordStream; secrets: RunSecrets };

/** A process's output as raw lines of the log, redacted over the borders of its chunks. */
export function rawLog(
  { records, secrets }: Parts,
  kind: "o" | "e",
): { push: (chunk: Buffer) => void; end: () => void } {
  const decoder = new TextDecoder();
  const redacting = secrets.redactor.stream();
  const lines = new LineSplitter((line) => {
    if (line.trim() !== "") records.add({ k: kind, s: line });
  });
  return {
    push: (chunk) => lines.push(redacting.push(decoder.decode(chunk, { stream: true }))),
    end: () => {
      lines.push(redacting.push(decoder.decode()) + redacting.end());
      lines.end();
    },
  };
}
