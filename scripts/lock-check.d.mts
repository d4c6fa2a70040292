type Entry = {
  version?: string | undefined;
  resolved?: string;
  integrity?: string | undefined;
  optional?: boolean;
  dev?: boolean;
  link?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};
export type Lock = { packages: Record<string, Entry> };
export type LockedManifest = Partial<
  Record<"dependencies" | "devDependencies" | "optionalDependencies", Record<string, string>>
>;

/** The platform that a package's name speaks of, e.g. `@oxlint/binding-linux-x64-musl` → linux, x64, musl. */
export function platformOf(name: string): { os?: string[]; cpu?: string[]; libc?: string[] };

/** Mends `lock` in place: drops registry addresses, adds the missing stubs. Answers what it changed, a line each. */
export function mendLock(lock: Lock): string[];

/** Everything wrong with one package.json and its lock, one sentence each. `promised`: processors that need no stub. */
export function lockFaults(manifest: LockedManifest, lock: Lock, promised: string[]): string[];

/** Entries without integrity that nobody named, and names that are of no such entry, one sentence each. */
export function namingFaults(lock: Lock, named: string[]): string[];

/** Entries whose integrity is no SHA-512, one sentence each. */
export function formFaults(lock: Lock): string[];
