import { createRedactor } from "@/lib/redaction";

export type LogFields = Record<string, string | number | boolean | null | undefined>;
export interface Logger {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  /** Adds fields to every line. */
  with(fields: LogFields): Logger;
}

const shapes = createRedactor([]);

/** One JSON line an event, token shapes redacted at the sink. */
export function createLogger(
  write: (line: string) => void = (line) => console.log(line),
  base: LogFields = {},
): Logger {
  const emit = (level: "info" | "warn", event: string, fields: LogFields = {}) =>
    write(shapes.redact(JSON.stringify({ level, event, ...base, ...fields })));
  return {
    info: (event, fields) => emit("info", event, fields),
    warn: (event, fields) => emit("warn", event, fields),
    with: (fields) => createLogger(write, { ...base, ...fields }),
  };
}

/** The message of anything thrown, for logs; never for answers. */
export function describeError(error: unknown): string {
  // Drizzle's own message holds the statement with its values, which may be what somebody wrote.
  if (error instanceof Error && "params" in error && error.cause !== undefined) return describeError(error.cause);
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
