import type { SetCommit } from "@/lib/change-set";

export type SetEntry = NonNullable<SetCommit["paths"][number]["entry"]>;

/** What Porter itself knows. Nothing of it comes from the machine. */
export type JudgeFacts = {
  /** Every file of the base's tree, as GitHub has it. */
  base: ReadonlyMap<string, SetEntry>;
  /** Links to other repositories that the base's or the set's `.gitmodules` names (`moduleFolders`). */
  modules: ReadonlySet<string>;
  mayPushWorkflows: boolean;
  /** Paths that somebody who may write wants in anyway. Never holds for the run's own secrets. */
  pushAnyway: ReadonlySet<string>;
  containsOwnSecret: (text: string | Uint8Array) => boolean;
  /** Kinds of foreign credentials in a text, in words for people. */
  foreignSecrets: (text: string) => string[];
};

/**
 * Something that the set puts at a path, or takes from there (`entry` null). `from`: who has its content. `isBack`: it is
 * what the base has there, after something else was.
 */
export type SetPath = {
  path: string;
  entry: SetEntry | null;
  before: SetEntry | null;
  from: "set" | "base" | "nothing" | "nowhere";
  isBack: boolean;
};
