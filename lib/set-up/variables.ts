import { AGENT_IDS } from "../agents.ts";
import { PROVIDERS } from "../providers.ts";

/** Environment variables that Porter, the system or an agent's CLI sets: a repository cannot. */
const RESERVED = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "PWD",
  "OLDPWD",
  "TMPDIR",
  "IFS",
  "ENV",
  "BASH_ENV",
]);
const KEYS = new Set(Object.values(PROVIDERS).flatMap(({ envNames }) => [...envNames]));
/** What agents take their key, their provider's address and their own settings from, and what git and the linker obey. */
const RESERVED_BEGINNING = ["porter", "anthropic", "openai", ...AGENT_IDS, "git", "ld", "dyld"].map(
  (word) => `${word}_`,
);

export const isVariableName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name);

export const isReservedName = (name: string): boolean =>
  RESERVED.has(name.toUpperCase()) ||
  KEYS.has(name.toUpperCase()) ||
  /_(?:PROXY|BASE_URL)$/i.test(name) ||
  RESERVED_BEGINNING.some((beginning) => name.toLowerCase().startsWith(beginning));
