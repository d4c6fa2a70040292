import type { Promised } from "../abuse.ts";

const HOSTILE = "agent-image/runner/runner-hostile.test.ts";
const COLLECT = "agent-image/runner/collect/collect-hostile.test.ts";
const PROXY = "agent-image/runner/key-proxy.test.ts";
const CONFIG = "agent-image/runner/config.test.ts";
const MEMORY = "agent-image/runner/memory/memory-bound.test.ts";
const CLIS = "agent-image/runner/agents/real-clis.test.ts";

/** Inside of a machine: the agent, what its repository brings along, and the program that runs both. */
export const RUNNER: Promised[] = [
  {
    promise: "The agent's configuration that a repository ships does not run.",
    abuses: [
      {
        abuse: "A repository with hooks, plugins and servers for agents (`.claude`, `.mcp.json`, `opencode.json`)",
        expected: "none of them runs; the model's address stays",
        test: [CLIS, "runs none of the repository's hooks and plugins, and takes no address from it"],
      },
      {
        abuse: "Configuration that an agent's program would read by itself",
        expected: "not there for the program, and no change in git",
        test: [
          "agent-image/runner/git/hidden-paths.test.ts",
          "takes the files away without a change that git would see",
        ],
      },
      {
        abuse: "A work tree with hooks, filters, fsmonitor, signing programs and address rewrites",
        expected: "none of them runs when the work is collected",
        test: [HOSTILE, "runs none of its hooks, filters, fsmonitors or URL rewrites afterwards"],
      },
      {
        abuse: "The same in work trees, submodules and `.gitattributes` inside",
        expected: "none of them runs",
        test: [COLLECT, "nothing runs that the agent's repository, its work trees and those inside it name"],
      },
      {
        abuse: "A model's name that is an option of the agent's program",
        expected: "refused before anything starts",
        test: ["agent-image/runner/agents/launch.test.ts", "refuses what is no model name, before anything starts"],
        guard: {
          file: "agent-image/runner/agents/launch-parts.ts",
          text: "if (!MODEL_NAME.test(model))",
          without: 'if (model === "")',
        },
      },
    ],
  },
  {
    promise:
      "The agent reaches nothing of the supervisor: not its files, tokens or processes, and nothing of it stays.",
    abuses: [
      {
        abuse: "An agent looks for token and key in environment, arguments, `.git/config`, files and parents",
        expected: "neither is there",
        test: [HOSTILE, "finds neither token nor key in its environment, files or parents"],
      },
      {
        abuse: "Links and pipes in the repository that lead to the supervisor's files",
        expected: "collected as links; nothing is read through them",
        test: [HOSTILE, "cannot make the supervisor read a file through links in its repository"],
      },
      {
        abuse: "Links in place of folders, index and refs, for whoever collects",
        expected: "no file of the supervisor is read",
        test: [COLLECT, "no link of the agent's leads whoever reads to a file that only the supervisor may read"],
      },
      {
        abuse: "Processes that ignore SIGTERM, leave their group and their terminal",
        expected: "all of them end with the run",
        test: [HOSTILE, "ends with everything it started, though it ignores SIGTERM"],
      },
      {
        abuse: "Thirty megabytes of output",
        expected: "Porter gets its bounded log",
        test: [HOSTILE, "does not drown Porter in output"],
      },
      {
        abuse: "A command that eats all memory",
        expected: "ended; the agent goes on, and the log says so",
        test: [MEMORY, "a command that eats all memory is ended, the run goes on and says so"],
        asRoot: true,
      },
      {
        abuse: "An agent that eats all memory",
        expected: "ended; the supervisor saves the work and says why",
        test: [MEMORY, "an agent that eats all memory is ended, its supervisor saves the work and says why"],
        asRoot: true,
      },
      {
        abuse: "The same where the kernel makes no control group",
        expected: "the supervisor ends the largest process, and no more than that",
        test: [MEMORY, "without a control group, the largest process of the user is ended"],
        asRoot: true,
        guard: {
          file: "agent-image/runner/memory/memory-watch.ts",
          text: "toSorted((a, b) => b.bytes - a.bytes)",
          without: "toSorted((a, b) => a.bytes - b.bytes)",
        },
      },
      {
        abuse: "A disk that the agent has filled",
        expected: "the work is saved from what was kept back",
        test: ["agent-image/runner/seal/sealed-run.test.ts", "saves its work when the agent has filled the disk"],
        asRoot: true,
      },
      {
        abuse: "Processes without end, and core dumps with the key in them",
        expected: "at most 4,096, and none",
        test: [HOSTILE, "is bounded in processes and leaves no core dump"],
        guard: { file: "agent-image/runner/closed-command.ts", text: '"--nproc=4096"', without: "" },
      },
      {
        abuse: "A huge index, pipes for files, a commit graph that lies, an object that is none",
        expected: "the rest of the work arrives",
        test: [COLLECT, "work arrives beside"],
      },
      {
        abuse: "A tree that git itself would not make",
        expected: "its files arrive, its commits do not",
        test: [COLLECT, "a tree that git would not make takes the commits with it, not the files"],
      },
      {
        abuse: "History that the agent rewrote",
        expected: "one commit on the base, and said so",
        test: [HOSTILE, "becomes one commit on the base when it rewrites history"],
      },
      {
        abuse: "Supervisor and agent as one user",
        expected: "the image refuses to run",
        test: [CONFIG, "is never the supervisor's, unless that is allowed"],
      },
      {
        abuse: "A machine's file read a second time",
        expected: "gone once it was read, also when it is not understood",
        test: [CONFIG, "is gone, and said to be wrong, when it is not understood"],
      },
      {
        abuse: "A Porter's address over plain http, or with a name and password in it",
        expected: "no secret is sent there",
        test: [CONFIG, "sends secrets over https, or over http on this machine only"],
        guard: {
          file: "agent-image/runner/trusted-url.ts",
          text: `return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));`,
          without: "return true;",
        },
      },
      {
        abuse: "A redirect in answer to a callback",
        expected: "not followed: the token goes nowhere else",
        test: ["agent-image/runner/callback-request.test.ts", "follows no redirect, so the token goes nowhere else"],
        guard: {
          file: "agent-image/runner/callback-request.ts",
          text: `redirect: "manual"`,
          without: `redirect: "follow"`,
        },
      },
      {
        abuse: "A token in a clone's address or in a process's arguments",
        expected: "answered to one origin by git's own question",
        test: [
          "agent-image/runner/git/texts.test.ts",
          "answers one origin with the token and keeps it out of names and URLs",
        ],
      },
      {
        abuse: "A machine of another task or attempt under the same name",
        expected: "not adopted",
        test: ["server/machines/fly-launch.test.ts", "adopts no machine of another task or attempt"],
      },
      {
        abuse: "A machine's configuration, which Fly shows, with a secret in it",
        expected: "nothing secret but the file with its one-time claim",
        test: ["server/machines/fly-launch.test.ts", "sends exactly the agreed body and nothing secret but the file"],
      },
    ],
  },
  {
    promise:
      "The agent never sees a key, unless it cannot be metered; the proxy goes to its one provider and stops at the run's limit.",
    abuses: [
      {
        abuse: "An agent reads its key from environment and arguments",
        expected: "a placeholder; a real key only for those that are not metered",
        test: [
          "agent-image/runner/agents/launch.test.ts",
          "gives a real key to those alone that are not metered, and to nobody in an argument",
        ],
      },
      {
        abuse: "Cookies and other providers' keys sent along",
        expected: "the provider gets its own key in its own header",
        test: [PROXY, "where it belongs and nowhere else"],
      },
      {
        abuse: "Other paths and methods of the provider, escapes, a process without this run's pass",
        expected: "refused; the provider hears nothing",
        test: [PROXY, "refuses other paths, methods, escapes and whoever lacks this run's pass"],
      },
      {
        abuse: "A provider that redirects",
        expected: "502; not followed, the address not told",
        test: [PROXY, "follows no redirect and names no other host"],
      },
      {
        abuse: "More requests than a run may make, all at once",
        expected: "402 from the limit on",
        test: [PROXY, "stops at the request limit of a run, also when they come at once"],
      },
      {
        abuse: "A base address that would carry the key in the open",
        expected: "refused",
        test: [PROXY, "will not carry a key to an open address"],
      },
    ],
  },
];
