import type { Cloudflare } from "./cloudflare.ts";
import type { Folder } from "./folder.ts";
import type { App } from "./app.ts";
import type { Choices } from "./options.ts";

/** The Worker's bundle: what it is made of, and its making. */
export type Bundle = { inputs: () => string; build: (report: (line: string) => void) => Promise<unknown> };

/** One installation. What the steps find out comes after the first line; a plan may know less of it than a run. */
export type SetupContext = {
  readonly root: string;
  readonly name: string;
  readonly choices: Choices;
  readonly folder: Folder;
  readonly env: NodeJS.ProcessEnv;
  readonly bundle: Bundle;
  readonly say: (line: string) => void;
  cloudflare?: Cloudflare;
  databaseId?: string | undefined;
  publicUrl?: string;
  app?: App;
  image?: string;
  /** Other images of the machines, by name. */
  images?: Record<string, string>;
};

/** `there` needs nothing; otherwise `make` does what `will` says and tells what came of it. */
export type StepPlan = { there: string } | { will: string; make: () => Promise<string> };

/** `plan` changes nothing, however often it is asked; only `make` does. Both throw `SetupError`. */
export type SetupStep = { name: string; plan: (installation: SetupContext) => Promise<StepPlan> };

/** What an earlier step of the same run found out. */
export function requireKnown<K extends keyof SetupContext>(
  installation: SetupContext,
  key: K,
): NonNullable<SetupContext[K]> {
  const value = installation[key];
  if (value == null) throw new Error(`no step found out ${key} before it was needed`);
  return value;
}
