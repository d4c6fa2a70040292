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
  hosts: ["ampcode.com", "*.ampcode.com"],
  spelling: {
    // Two edits leave one of three letters, and `add`, `any` and `all` would all be meant for it.
    edits: 1,
    ordinary: "amps amqp camp damp gamp kamp lamp mamp ramp samp tamp vamp wamp yamp",
  },
} as const satisfies AgentManifest;
