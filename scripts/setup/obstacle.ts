/** What stops set-up, in words for people: what is wrong, and what to do. */
export class Obstacle extends Error {
  override name = "Obstacle";
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}
