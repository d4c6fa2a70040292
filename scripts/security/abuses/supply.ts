import type { Promised } from "../abuse.ts";

const LOCK = "scripts/lock-check.test.ts";
const IMAGE = "agent-image/dockerfile.test.ts";

/** What Porter itself is made of. */
export const SUPPLY: Promised[] = [
  {
    promise: "What Porter and its machines are built from is named exactly, and is what was named.",
    abuses: [
      {
        abuse: "A package in the lock file without its hash",
        expected: "a fault of the lock",
        test: [LOCK, "an entry without its hash is a fault"],
        guard: {
          file: "scripts/lock-check.mjs",
          text: "if (!isStub(entry)) found.push(`${key}: has no integrity`);",
          without: "",
        },
      },
      {
        abuse: "A stub that stands in for a package of a platform that we promise",
        expected: "refused",
        test: [LOCK, "a stub for a platform that we promise is refused"],
      },
      {
        abuse: "A registry's address in the lock file",
        expected: "a fault; dropped",
        test: [LOCK, "a registry's address is a fault"],
      },
      {
        abuse: "An entry of a lock without a hash, for whatever a registry serves that day",
        expected: "a fault, unless it is named with the reason",
        test: [LOCK, "an entry without a hash is a fault unless it is named"],
        guard: {
          file: "scripts/lock-check.mjs",
          text: "lacking.filter((key) => !named.includes(key))",
          without: "lacking.filter(() => false)",
        },
      },
      {
        abuse: "A version range, or a lock that says something else",
        expected: "a fault",
        test: [LOCK, "a version range, or a lock that disagrees"],
      },
      {
        abuse: "A base image by a tag that moves",
        expected: "by digest",
        test: [IMAGE, "pins all that it takes from elsewhere by digests that it does not hold"],
      },
      {
        abuse: "Agents' programs of the day",
        expected: "from the lock file alone",
        test: [IMAGE, "installs agents and package managers from their lock files alone"],
      },
      {
        abuse: "A folder of programs that others may write",
        expected: "not used",
        test: ["agent-image/install-clis.test.ts", "does not use a folder that others may write"],
      },
      {
        abuse: "An App's answer to set-up with another state, or an old code",
        expected: "not taken",
        test: ["scripts/setup/refusals.test.ts", "is taken with this set-up's state and a fresh code alone"],
      },
    ],
  },
];
