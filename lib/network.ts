import { z } from "zod";

/** Where a run's machine may go. Each mode has all of the one before it. */
export const NETWORK_MODES = ["none", "registries", "toolchains", "open"] as const;
export type NetworkMode = (typeof NETWORK_MODES)[number];

/** What the presets open. An entry `*.name` stands for every name below it, and not for itself. */
export const PRESET_HOSTS: Record<"registries" | "toolchains", readonly string[]> = {
  registries: [
    "registry.npmjs.org",
    "registry.yarnpkg.com",
    "pypi.org",
    "files.pythonhosted.org",
    "index.crates.io",
    "static.crates.io",
    "crates.io",
    "proxy.golang.org",
    "sum.golang.org",
    "repo.maven.apache.org",
    "repo1.maven.org",
    "rubygems.org",
    "index.rubygems.org",
    "packagist.org",
    "repo.packagist.org",
    "deb.debian.org",
    "security.debian.org",
    "archive.ubuntu.com",
    "security.ubuntu.com",
    "ports.ubuntu.com",
  ],
  toolchains: [
    "nodejs.org",
    "go.dev",
    "dl.google.com",
    "static.rust-lang.org",
    "sh.rustup.rs",
    "services.gradle.org",
    "downloads.gradle.org",
    "plugins.gradle.org",
    "plugins-artifacts.gradle.org",
    "mise.jdx.dev",
    "mise.run",
    "mise-versions.jdx.dev",
  ],
};

/** The hosts that a mode opens by itself; `open` has no list. */
export const hostsOfMode = (mode: NetworkMode): readonly string[] => [
  ...(mode === "none" ? [] : PRESET_HOSTS.registries),
  ...(mode === "toolchains" || mode === "open" ? PRESET_HOSTS.toolchains : []),
];

const LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
/**
 * A host by its full name. The last label begins with a letter, which no spelling of an address does: all of
 * `127.1`, `0x7f.1`, `2130706433` and `::1` are none.
 */
export const HOST_NAME = new RegExp(`^(?=.{1,253}$)(?:${LABEL}\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$`);

/** A host that may be reached: `example.com`, or `*.example.com` for every name below it. */
export const hostRuleSchema = z
  .string()
  .trim()
  .toLowerCase()
  .refine((rule) => HOST_NAME.test(rule.replace(/^\*\./, "")), "a host is written example.com or *.example.com");

const MOST_HOST_RULES = 100;

export const networkPolicySchema = z.strictObject({
  mode: z.enum(NETWORK_MODES),
  /** Besides what the mode opens. */
  allow: z.array(hostRuleSchema).max(MOST_HOST_RULES),
  /** A machine that cannot be sealed does not run the task. */
  required: z.boolean(),
});
export type NetworkPolicy = z.infer<typeof networkPolicySchema>;
export const DEFAULT_NETWORK_POLICY: NetworkPolicy = { mode: "registries", allow: [], required: false };

/**
 * How a machine is closed. `user_namespace`: the network is, but the agent runs as the supervisor's own user.
 * `open`: not at all.
 */
const SEALS = ["sealed", "user_namespace", "open"] as const;
/**
 * Why a machine is not sealed: the runner is not root; the system is none that can; its programs for it are missing; its
 * kernel or container forbids it; it was made, and something got through anyway.
 */
const SEAL_REASONS = ["not_root", "not_linux", "no_tools", "not_permitted", "leaky"] as const;
export const sealSchema = z.strictObject({
  seal: z.enum(SEALS),
  /** null: it is sealed. */
  reason: z.enum(SEAL_REASONS).nullable(),
});
export type SealState = z.infer<typeof sealSchema>;
