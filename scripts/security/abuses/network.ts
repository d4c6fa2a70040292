import type { Promised } from "../abuse.ts";

const NETWORK = "server/tasks/attempt/network.workers.test.ts";
const HOSTS = "lib/host-name.test.ts";

/** What a machine may reach, and what is said of it. */
export const NETWORK_OF_RUNS: Promised[] = [
  {
    promise:
      "A machine is told to reach no more than the requester's and the repository's settings both allow, by name, never an address or github.com.",
    abuses: [
      {
        abuse: "A repository's settings that widen what its requester allows, or the other way round",
        expected: "what both allow",
        test: ["lib/network-settings.test.ts", "neither is widened by the other one"],
      },
      {
        abuse: "`github.com`, or a name below it, on the list",
        expected: "refused: a connection to it carries a push",
        test: [HOSTS, "github.com"],
        guard: {
          file: "lib/host-name.ts",
          text: "(GIT_HOSTS.some((host) => isBelow(name, host)) ? GITHUB : null)",
          without: "null",
        },
      },
      {
        abuse: "The server that takes the pushes, by whatever name",
        expected: "never reachable",
        test: [NETWORK, "never the server that takes the pushes, by whatever name"],
      },
      {
        abuse: "An address on the list, in any spelling (decimal, octal, hexadecimal, IPv6)",
        expected: "refused: names alone",
        test: [HOSTS, "and not an address, in every spelling"],
      },
      {
        abuse: "A name that leads into the machine or a private network (`localhost`, `.internal`, `.flycast`)",
        expected: "refused",
        test: [HOSTS, "what is no name is refused"],
        guard: {
          file: "lib/host-name.ts",
          text: 'PRIVATE_ENDS.includes(labels.at(-1) ?? "")',
          without: "false",
        },
      },
    ],
  },
  {
    promise:
      "What a machine says of its network is bounded, without secrets and hidden text, and stays text on GitHub and in the browser.",
    also: ["server/replies/pull-request.test.ts", "e2e/work.spec.ts"],
    abuses: [
      {
        abuse: "A refused call whose host or command holds a key, a line or hidden letters",
        expected: "no secret, one line, no hidden letter",
        test: [NETWORK, "has no secret of the run, no line of its own and no hidden character"],
      },
      {
        abuse: "More refused calls, longer names, unknown fields, a seal that does not exist",
        expected: "refused whole",
        test: [NETWORK, "is refused whole for"],
      },
    ],
  },
  {
    promise:
      "Where the operator wants sealed machines only, no agent works in another one; nor in an app whose network is shared.",
    abuses: [
      {
        abuse: "A machine that says nothing of its network, or that it is open, under `NETWORK=required`",
        expected: "stopped before its agent works",
        test: [NETWORK, "an agent at work in a machine that"],
      },
      {
        abuse: "A Fly app in its organisation's shared network",
        expected: "told apart from one of its own",
        test: ["server/machines/fly-apps.test.ts", "the network of an app"],
      },
    ],
  },
];
