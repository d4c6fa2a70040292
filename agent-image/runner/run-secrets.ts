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
}
