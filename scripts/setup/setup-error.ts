/** What stops set-up, in words for people: what is wrong, and what to do. */
export class SetupError extends Error {
  override name = "SetupError";
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

/** fetch says only that it failed; what it met stands in the cause. */
export function reasonOf(error: unknown): string {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return reason instanceof Error ? reason.message : String(reason);
}
