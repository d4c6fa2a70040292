export const reactionContents = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"] as const;
export type ReactionContent = (typeof reactionContents)[number];

/** What one can react to: `issues/comments/7` or `issues/7`, with the repository before it. */
export type ReactionSubject = string;

export type Reaction = {
  id: number;
  subject: ReactionSubject;
  user: { id: number; login: string };
  content: ReactionContent;
  createdAt: string;
};

/** Reactions, which the emulator does not have. One user gives one reaction of a kind to a subject. */
export class ReactionStore {
  #reactions: Reaction[] = [];
  #lastId = 0;

  /** `created` is false when the same reaction was there already. */
  add(wanted: Omit<Reaction, "id" | "createdAt">): { created: boolean; reaction: Reaction } {
    const existing = this.of(wanted.subject).find(
      ({ user, content }) => user.id === wanted.user.id && content === wanted.content,
    );
    if (existing !== undefined) return { created: false, reaction: existing };
    this.#lastId += 1;
    const createdAt = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const reaction = { ...wanted, id: this.#lastId, createdAt };
    this.#reactions.push(reaction);
    return { created: true, reaction };
  }

  of(subject: ReactionSubject): Reaction[] {
    return this.#reactions.filter((reaction) => reaction.subject === subject);
  }

  all(): Reaction[] {
    return [...this.#reactions];
  }

  remove(reaction: Reaction): void {
    this.#reactions = this.#reactions.filter((other) => other.id !== reaction.id);
  }

  /** The counts that issues and comments carry. */
  summary(subject: ReactionSubject): Record<string, number> {
    const given = this.of(subject);
    const counts = reactionContents.map((content): [string, number] => [
      content,
      given.filter((reaction) => reaction.content === content).length,
    ]);
    return { total_count: given.length, ...Object.fromEntries(counts) };
  }
}
