import type { AgentManifest } from "./manifest.ts";

/** The folder of a platform's program is named after its compiler's target. */
const TARGETS: Record<string, string> = {
  "linux-x64": "x86_64-unknown-linux-musl",
  "linux-arm64": "aarch64-unknown-linux-musl",
  "darwin-x64": "x86_64-apple-darwin",
  "darwin-arm64": "aarch64-apple-darwin",
};

export const CODEX = {
  id: "codex",
  name: "Codex",
  aliases: [],
  settingsKey: "codex",
  docsUrl: "https://developers.openai.com/codex/cli",
  provider: "openai",
  namesProvider: false,
  defaultModel: "gpt-5.5",
  shortNames: [],
  isMetered: true,
  package: "@openai/codex",
  programs: (platform) => [`@openai/codex-${platform}/vendor/${TARGETS[platform] ?? platform}/bin/codex`],
  // Its settings, hooks, rules and skills: it asks whether the folder is trusted, and obeys them once it is.
  hiddenPaths: [".codex"],
  hosts: [],
  spelling: {
    // Two edits make half of what is written about code: `model`, `index`, `cover`, `node`.
    edits: 1,
    ordinary: "code codec coded coden coder codes kodex podex",
  },
} as const satisfies AgentManifest;
