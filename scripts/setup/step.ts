import type { Cloudflare } from "./cloudflare.ts";
import type { Folder } from "./folder.ts";
import type { App } from "./app.ts";
import type { Choices } from "./options.ts";

/** The Worker's bundle: what it is made of, and its making. */
export type Bundle = { inputs: () => string; build: (report: (line: string) => void) => Promise<unknown> };

/** One installation. What the steps find out comes after the first line; a plan may know less of it than a run. */
export type Installation = {
  readonly root: string;
  readonly name: string;
  readonly choices: Choices;
  readonly folder: Folder;
  readonly env: NodeJS.ProcessEnv;
  readonly bundle: Bundle;
  readonly say: (line: string) => void;
  cloudflare?: Cloudflare;
  databaseId?: string;
  publicUrl?: string;
  app?: App;
  image?: string;
};

/** `there` needs nothing; otherwise `make` does what `will` says and tells what came of it. */
export type Look = { there: string } | { will: string; make: () => Promise<string> };

/** `look` changes nothing, however often it is asked; only `make` does. Both throw `Obstacle`. */
export type Step = { name: string; look: (installation: Installation) => Promise<Look> };

/** What an earlier step of the same run found out. */
export function known<K extends keyof Installation>(installation: Installation, key: K): NonNullable<Installation[K]> {
  const value = installation[key];
  if (value == null) throw new Error(`no step found out ${key} before it was needed`);
  return value;
}
