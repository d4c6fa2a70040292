/** What became of a command that a comment holds. */
export const IGNORED_STATUSES = ["refused", "ignored"] as const;
export const MENTION_STATUSES = ["pending", "task", "answered", ...IGNORED_STATUSES] as const;
