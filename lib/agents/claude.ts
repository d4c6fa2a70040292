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
      "allude almude blade blaud blauded blauds blude cade cauda caudae caudex caudle cause chaufe clad " +
      "cladded cladder claddie clade clades cladode clads claire clambe clame claque clare claudia claudio " +
      "claudius claus clause clauses claut clauted clauts clave clavie clawed clayed cloud cloud9 clouded " +
      "clouds cloudy clue clued clyde collude coude crude elude flaune glade illude lade lande laud laude " +
      "lauded lauder lauds lude slade",
  },
} as const satisfies AgentManifest;
