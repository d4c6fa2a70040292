import type { AgentManifest } from "./manifest.ts";

export const OPENCODE = {
  id: "opencode",
  name: "opencode",
  aliases: [],
  settingsKey: "opencode",
  docsUrl: "https://opencode.ai/docs",
  provider: "anthropic",
  namesProvider: true,
  defaultModel: "anthropic/sonnet",
  shortNames: [],
  isMetered: true,
  package: "opencode-ai",
  // Its plain build needs AVX2; the runner takes the second where there is none.
  programs: (platform) => [`opencode-${platform}/bin/opencode`, `opencode-${platform}-baseline/bin/opencode`],
  // Its switches stop most of what a repository says, but not plugins, which its second loader imports anyway.
  hiddenPaths: [".opencode", "opencode.json", "opencode.jsonc"],
  hosts: [],
  spelling: { edits: 2, ordinary: "bencode encode gencode opcode opencore openside pentode" },
} as const satisfies AgentManifest;
