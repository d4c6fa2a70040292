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
  hosts: [],
  spelling: {
    edits: 2,
    ordinary:
      "allude almude aude blade blaud blauded blauds blude cade cauda caudae caudex caudle cause chaufe " +
      "clad cladded cladder claddie clade clades cladode clads claire clake clambe clame claque clare " +
      "clarke classe claudia claudine claudio claudius claus clause clausen clauses claut clauted clauts " +
      "clave clavie clawed clayed cloud cloud9 clouded clouds cloudy clube clue clued clyde collude coude " +
      "crude elude flaune glade illude lade lande laud lauda laude lauded lauder lauds laue laure lude " +
      "maude slade",
  },
} as const satisfies AgentManifest;
