import type { Abuse, Promised } from "../abuse.ts";

const RED_TEAM = "agent-image/runner/seal/red-team.test.ts";
const DOOR = "agent-image/runner/seal/door.test.ts";
const FRAMING = "agent-image/runner/seal/door-framing.test.ts";
const RUN = "agent-image/runner/seal/sealed-run.test.ts";

/** A try of the red team, from inside of a sealed machine under a supervisor that is root. */
const tried = (abuse: string, ...words: string[]): Abuse => ({
  abuse,
  expected: "nothing is reached",
  test: [RED_TEAM, "a sealed machine", ...words],
  asRoot: true,
});

/** One door out of the machine. */
export const SEAL: Promised[] = [
  {
    promise: "A sealed machine has one door, and an agent in it reaches what is on its list and nothing else.",
    abuses: [
      tried(
        "Every known way out: raw and packet sockets, DNS, UDP, IPv6, metadata, Fly's private network, unix sockets, io_uring, namespaces, redirects, rebinding, pushes",
        "holds: ",
      ),
      tried("A connection to the machine's own address", "TCP to the machine's own address"),
      tried("A name that is not on the list", "a name that is not listed"),
      tried("Another TLS name in a tunnel to a listed host (SNI against CONNECT)", "another TLS name in a tunnel"),
      tried("A user namespace of its own, with root in it", "a new user namespace"),
      {
        abuse: "Capabilities, descriptors and other processes inside of the machine",
        expected: "none: no new privileges, no capability, no descriptor, no process",
        test: [RED_TEAM, "gives the agent no rights, no descriptors and no other processes"],
        asRoot: true,
      },
      {
        abuse: "A TLS greeting cut into pieces, or other bytes in its place",
        expected: "its name is read however it is cut, and none out of other bytes",
        test: [DOOR, "reads the name of a TLS client however its first message is cut"],
      },
      {
        abuse: "A rule of the list that is an address, in any spelling",
        expected: "no host's rule",
        test: [DOOR, "takes no address for a host's rule, in any spelling"],
      },
      {
        abuse: "Private, link-local, metadata and Fly's own addresses",
        expected: "known as no one's but this machine's and its neighbours'",
        test: [DOOR, "knows the addresses that are no one's but this machine's"],
      },
      {
        abuse: "A name that changes its address between the check and the call",
        expected: "the checked address is dialled",
        test: [DOOR, "dials the address that it checked"],
      },
      {
        abuse: "A second request, to another host of the same address, slipped in as the body of one to a listed host",
        expected: "a body stays a body, by whatever method",
        test: [FRAMING, "a body stays a body"],
        guard: {
          file: "agent-image/runner/seal/door.ts",
          text: "...framing(request.headers), host }",
          without: "host }",
        },
      },
      {
        abuse: "Requests that two readers would end in two places: lengths, codings, line ends, chunks",
        expected: "nobody hears two where one was looked at",
        test: [FRAMING, "what can be read in two ways reaches nobody as two"],
      },
      {
        abuse: "Requests one after the other on one connection to the door",
        expected: "each is looked at",
        test: [FRAMING, "requests one after the other on one connection are each looked at"],
      },
      {
        abuse: "An address with a name, a port, a fragment or a backslash that hides its host",
        expected: "refused",
        test: [FRAMING, "an address that means another host is refused"],
      },
      {
        abuse: "A flood of refused calls",
        expected: "folded by host, and bounded",
        test: [DOOR, "folds refused calls, and keeps a bounded list of them"],
      },
      {
        abuse: "Words in the name that DNS is asked for",
        expected: "names of the list alone are answered",
        test: [DOOR, "answers names of the list alone"],
      },
      {
        abuse: "A package or a clone that calls home",
        expected: "the package is there, the call is refused and told",
        test: [RUN, "an agent installs, clones and calls what is listed and nobody else"],
      },
      {
        abuse: "An agent's user who has processes already",
        expected: "not taken for the agent",
        test: [RUN, "takes no user for its agent who has processes already"],
        asRoot: true,
      },
      {
        abuse: "An agent that fills the disk",
        expected: "its work is saved all the same",
        test: [RUN, "saves its work when the agent has filled the disk"],
        asRoot: true,
      },
    ],
  },
];
