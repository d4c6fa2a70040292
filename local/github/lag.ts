import { z } from "zod";

/**
 * How many readings come too early after something was made, as on the real GitHub, which lags behind itself:
 * - `pulls`: a pull request just made answers 404.
 * - `refs`: a branch just made or moved answers 404.
 * - `heads`: a pull request from a branch just made or moved is refused, "head invalid".
 * - `commits`: the same, "No commits between".
 */
export const lagSchema = z.strictObject({
  pulls: z.number().int().nonnegative().default(0),
  refs: z.number().int().nonnegative().default(0),
  heads: z.number().int().nonnegative().default(0),
  commits: z.number().int().nonnegative().default(0),
});
export type LagInput = z.input<typeof lagSchema>;
type Kind = keyof z.output<typeof lagSchema>;

/** Counts for each new thing how often it is still to be denied. */
export class Lag {
  #wanted = lagSchema.parse({});
  readonly #left = new Map<string, number>();

  /** For what is made from now on; what lags already, lags no more. */
  set(input: LagInput): void {
    this.#wanted = lagSchema.parse(input);
    this.#left.clear();
  }

  moved(fullName: string, ref: string): void {
    for (const kind of ["refs", "heads", "commits"] as const) this.#begin(kind, `${fullName} ${ref}`);
  }

  opened(fullName: string, pull: number): void {
    this.#begin("pulls", `${fullName} ${pull}`);
  }

  /** Whether this reading comes too early. It counts as one. */
  hides(kind: Kind, fullName: string, what: string | number): boolean {
    const key = `${kind} ${fullName} ${what}`;
    const left = this.#left.get(key) ?? 0;
    if (left === 0) return false;
    this.#left.set(key, left - 1);
    return true;
  }

  #begin(kind: Kind, what: string): void {
    if (this.#wanted[kind] > 0) this.#left.set(`${kind} ${what}`, this.#wanted[kind]);
  }
}
