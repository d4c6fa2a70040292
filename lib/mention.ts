/** What became of a command that a comment holds. */
export const UNHEARD_STATUSES = ["refused", "ignored"] as const;
export const MENTION_STATUSES = ["pending", "task", "answered", ...UNHEARD_STATUSES] as const;
