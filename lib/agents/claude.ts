import type { AgentManifest } from "./manifest.ts";

export const CLAUDE = {
  id: "claude",
  name: "Claude Code",
  aliases: ["claude-code"],
  settingsKey: "claude-code",
  docsUrl: "https://docs.anthropic.com/en/docs/claude-code",
  provider: "anthropic",
  namesProvider: false,
  defaultModel: "sonnet",
  shortNames: ["sonnet", "opus", "haiku"],
  isMetered: true,
  package: "@anthropic-ai/claude-code",
  programs: (platform) => [`@anthropic-ai/claude-code-${platform}/claude`],
  // Its switches hold (see the tests with a hostile repository).
  hiddenPaths: [],
  spelling: {
    edits: 2,
    ordinary:
      "allude blade cause clad clade claque clause clauses clawed cloud clouded clouds cloudy clue clued collude crude " +
      "elude glade lade laud lauded claudia claudio claudius",
  },
} as const satisfies AgentManifest;
