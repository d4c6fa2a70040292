import { z } from "zod";
import { hostMistake } from "./host-name.ts";
import { NETWORK_MODES, type NetworkMode } from "./network.ts";

/** What each mode lets through besides the agent's own hosts, for people. */
export const MODE_WORDS: Record<NetworkMode, { word: string; help: string }> = {
  none: { word: "None", help: "Only the agent's own hosts and the names below." },
  registries: {
    word: "Package registries",
    help: "Also npm, PyPI, crates.io, the Go proxy, Maven Central, RubyGems, Packagist, Debian and Ubuntu.",
  },
  toolchains: {
    word: "Registries and toolchains",
    help: "Also where Node, Go, Rust, Gradle and mise are downloaded from.",
  },
  open: {
    word: "Open",
    help: "Every public host. What the agent reads can be sent anywhere; private addresses stay closed.",
  },
};

export const MOST_NAMES = 50;

const hostName = z
  .string()
  .trim()
  .toLowerCase()
  .superRefine((name, context) => {
    const message = hostMistake(name);
    if (message !== null) context.addIssue({ code: "custom", message });
  });

/** Names of hosts, `*.example.com` for all below one; a name twice counts once. */
export const hostNames = z
  .array(hostName)
  .max(MOST_NAMES, `at most ${MOST_NAMES} names`)
  .overwrite((names) => [...new Set(names)]);

export const networkSchema = z.object({
  preset: z.enum(NETWORK_MODES).default("registries"),
  names: hostNames.default([]),
});
export type Network = z.output<typeof networkSchema>;

/** `preset: null`: as each person's own settings say. */
export type RepositoryNetwork = { preset: NetworkMode | null; names: readonly string[] };

/**
 * What one run may reach: never more than the person's preset, whose machine it is, and never more than the
 * repository's. Each of them adds names, unless the other one said `none`: that is everything that it allows.
 */
export function networkOfRun(person: Network, repository: RepositoryNetwork): Network {
  const wide = (preset: NetworkMode) => NETWORK_MODES.indexOf(preset);
  const other = repository.preset ?? person.preset;
  const names = [
    ...(repository.preset === "none" ? [] : person.names),
    ...(person.preset === "none" ? [] : repository.names),
  ];
  return { preset: wide(other) < wide(person.preset) ? other : person.preset, names: [...new Set(names)] };
}
