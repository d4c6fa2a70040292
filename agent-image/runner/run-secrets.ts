import { createRedactor, type Redactor } from "../../lib/redaction.ts";

/** Every secret of this run; one that is learnt later is hidden from then on. */
export class RunSecrets {
  readonly #known: string[];
  #redactor: Redactor;

  constructor(secrets: string[]) {
    this.#known = [...secrets];
    this.#redactor = createRedactor(this.#known);
  }

  add(secret: string): void {
    this.#known.push(secret);
    this.#redactor = createRedactor(this.#known);
  }

  get redactor(): Redactor {
    return this.#redactor;
  }

  /** The same value with every text in it redacted. */
  redactDeep<T>(value: T): T;
  redactDeep(value: unknown): unknown {
    if (typeof value === "string") return this.#redactor.redact(value);
    if (Array.isArray(value)) return value.map((item: unknown) => this.redactDeep(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.redactDeep(item)]));
  }
}
