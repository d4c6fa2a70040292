/** One thing that agents do, and what must become of it. */
export type Case = {
  group: "lost" | "bent" | "thrown away" | "without a word" | "plain";
  name: string;
  /** Shell script that makes the repository. */
  base?: string;
  /** Shell script of the agent. */
  agent: string;
  /** Against the base: status, mode, path. */
  makes: string[];
  /** `path: reason`. */
  heldBack?: string[];
  /** Kinds of notes. */
  notes?: string[];
  subjects?: string[];
};

/** A case before it has its group. */
export type Ungrouped = Omit<Case, "group">;

export const BASE = `printf 'one\\n' > a; mkdir -p src docs; printf 'x\\n' > src/x; printf 'd\\n' > docs/d; printf '#!/bin/sh\\n' > run.sh; printf 'dist/\\n*.log\\n' > .gitignore`;
/** Work, and what it makes. */
export const COMMIT = "echo more >> a; git commit -qam work";
export const MORE = "M 100644 a";
