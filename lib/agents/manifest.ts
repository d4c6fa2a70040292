import type { ProviderId } from "../providers.ts";

/**
 * All that is known of a coding agent outside of the machine it runs in: words, settings, model lists, demo, documents
 * and the runner read it, and no other file names an agent. How it is started and how its output is read stands in its
 * folder in `agent-image/runner/agents`.
 */
export type AgentManifest = {
  /** What people type, and what a task holds. */
  id: string;
  /** As people read it. */
  name: string;
  /** Other words that people type for it. */
  aliases: readonly string[];
  /** Its key in saved settings: the id or an alias. */
  settingsKey: string;
  docsUrl: string;
  /** Whose key a run needs, unless the model names another provider. */
  provider: ProviderId;
  /** Whether it runs the models of every provider, each named with its own: `openai/gpt-6-sol`. */
  namesProvider: boolean;
  /** A model, or a family of models (lib/model-family.ts), as its settings name one. Null: its vendor chooses. */
  defaultModel: string | null;
  /** Names besides those of models that its program takes for one, and resolves by itself. */
  shortNames: readonly string[];
  /**
   * Whether its calls of models go through Porter's key proxy, which counts and limits them. False: they are made in
   * its vendor's cloud, with the real key, where nobody here can count them, end them, or play a scripted model.
   */
  isMetered: boolean;
  /** How it is installed: its package, pinned in agent-image/package.json. */
  package: string;
  /** Its program below node_modules, the best first, for a platform as Node names it: `linux-x64`. */
  programs: (platform: string) => readonly string[];
  /**
   * Paths at a repository's root that its program would run or obey whatever its switches say: kept out of the work
   * tree while it runs, unchanged in the commits.
   */
  hiddenPaths: readonly string[];
  /**
   * Hosts that it cannot do without, besides its model, as rules of a network (lib/network.ts): a refusal there would
   * look like its vendor's answer.
   */
  hosts: readonly string[];
  /** What is taken for its name misspelt, when it begins instructions. */
  spelling: {
    /** The most letters that are wrong, missing, too many or swapped. */
    edits: 1 | 2;
    /** Ordinary words that are as near as that and mean themselves, parted by blanks. */
    ordinary: string;
  };
};
