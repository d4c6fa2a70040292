import type { FailureCode } from "../../lib/failures.ts";

/** An end of a run that Porter has a word for. `message` is one sentence for people, without secrets. */
export class RunFailure extends Error {
  override readonly name = "RunFailure";
  readonly failureCode: FailureCode;

  constructor(failureCode: FailureCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.failureCode = failureCode;
  }
}

/** Turns whatever was thrown into the failure that Porter is told; a full disk is recognised wherever it shows. */
export function asRunFailure(error: unknown): RunFailure {
  if (error instanceof RunFailure) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (isDiskFull(error)) return new RunFailure("disk_full", "The machine's disk is full.", { cause: error });
  return new RunFailure("internal", `The runner failed: ${text.slice(0, 500)}`, { cause: error });
}

/** ENOSPC of a system call, or the words that programs print for it. */
function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT" || /No space left on device|Disk quota exceeded/i.test(error.message);
}
