/** Every text an issue comment ever had, oldest first. The emulator keeps only the newest. */
export class CommentHistory {
  readonly #versions = new Map<number, string[]>();

  record(commentId: number, body: string): void {
    const versions = this.#versions.get(commentId) ?? [];
    versions.push(body);
    this.#versions.set(commentId, versions);
  }

  versions(commentId: number): string[] {
    return this.#versions.get(commentId) ?? [];
  }

  /** The newest text that differs from `body`: what an edit to `body` replaced. */
  before(commentId: number, body: string): string | undefined {
    return this.versions(commentId).findLast((version) => version !== body);
  }
}
