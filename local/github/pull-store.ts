/** An open pull request's branches, and where its head was when that was last told. */
export type TrackedPull = { number: number; headRef: string; head: string; baseRef: string };

/** How a pull request ended: where its head was, and the commit that merged it. */
export type PullEnd = { head: string; mergeCommit: string | null };

/** What the emulator does not know of pull requests: it keeps them at the head that they were opened with. */
export class LocalPullStore {
  readonly #open = new Map<string, Map<number, TrackedPull>>();
  readonly #ends = new Map<string, PullEnd>();
  readonly #merges = new Map<string, boolean | null>();

  track(fullName: string, pull: TrackedPull): void {
    const all = this.#open.get(fullName) ?? new Map<number, TrackedPull>();
    this.#open.set(fullName, all.set(pull.number, pull));
    this.#ends.delete(`${fullName}#${pull.number}`);
  }

  openIn(fullName: string): TrackedPull[] {
    return [...(this.#open.get(fullName)?.values() ?? [])];
  }

  end(fullName: string, number: number, mergeCommit: string | null): void {
    const pull = this.#open.get(fullName)?.get(number);
    if (pull === undefined) return;
    this.#ends.set(`${fullName}#${number}`, { head: pull.head, mergeCommit });
    this.#open.get(fullName)?.delete(number);
  }

  endOf(fullName: string, number: number): PullEnd | undefined {
    return this.#ends.get(`${fullName}#${number}`);
  }

  /**
   * Whether two commits can be merged: null to who asks first, as on GitHub, which begins to find out when it is asked.
   */
  async mergeable(base: string, head: string, find: () => Promise<boolean>): Promise<boolean | null> {
    const key = `${base} ${head}`;
    const known = this.#merges.get(key);
    if (known === undefined) {
      this.#merges.set(key, null);
      return null;
    }
    const found = known ?? (await find());
    this.#merges.set(key, found);
    return found;
  }
}
