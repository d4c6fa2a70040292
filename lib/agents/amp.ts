import type { AgentManifest } from "./manifest.ts";

export const AMP = {
  id: "amp",
  name: "Amp",
  aliases: [],
  settingsKey: "amp",
  docsUrl: "https://ampcode.com/manual",
  provider: "amp",
  namesProvider: false,
  defaultModel: null,
  shortNames: [],
  isMetered: false,
  package: "@ampcode/cli",
  programs: (platform) => [`@ampcode/cli-${platform}/amp`],
  // Workspace settings and plugins, for which it has no switch.
  hiddenPaths: [".amp"],
  spelling: {
    // Two edits leave one of three letters, and `add`, `any` and `all` would all be meant for it.
    edits: 1,
    ordinary:
      "alp alps am amd ami aml amm amps amqp amr ape api apm app apps arp asp atp camp damp gamp imp lamp map mp ramp tamp vamp",
  },
} as const satisfies AgentManifest;
