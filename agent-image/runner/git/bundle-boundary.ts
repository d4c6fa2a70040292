import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { AgentUser } from "../agent-user.ts";
import type { Git } from "./run-git.ts";

const LARGEST_BUNDLE = 512 * 1024 ** 2;
const LONGEST_HEADER = 64 * 1024;
const INCOMING_REF = "refs/porter/incoming";

/**
 * Takes the agent's bundle into the trusted repository, as data: the file is opened without following links and must
 * be the agent's own plain file. Only its pack goes to git, which checks every object and link of it (`--strict`;
 * `git fetch` of a bundle checks nothing before git 2.46). Returns the commit that the bundle's one ref names.
 */
export async function importBundle(
  git: Git,
  input: { bundle: string; user: AgentUser; finishBy: number },
): Promise<string> {
  const bundle = await readOwnFile(input.bundle, input.user);
  const { tip, packAt } = parseHeader(bundle);
  const limit = { timeoutMs: Math.max(2000, input.finishBy - Date.now()) };
  await git.run(["index-pack", "--stdin", "--fix-thin", "--strict"], { ...limit, input: bundle.subarray(packAt) });
  await git.run(["rev-parse", "--verify", "--quiet", `${tip}^{commit}`], limit);
  await git.run(["update-ref", INCOMING_REF, tip], limit);
  return tip;
}

async function readOwnFile(path: string, owner: AgentUser): Promise<Buffer> {
  // O_NONBLOCK: a pipe in its place must not hang the supervisor.
  const file: FileHandle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.nlink !== 1 || stats.uid !== owner.uid)
      throw new Error("the bundle is not a plain file");
    if (stats.size > LARGEST_BUNDLE) throw new Error("the bundle is too large");
    const content = Buffer.alloc(stats.size);
    let at = 0;
    while (at < content.length) {
      const { bytesRead } = await file.read(content, at, content.length - at, at);
      if (bytesRead === 0) throw new Error("the bundle is cut short");
      at += bytesRead;
    }
    return content;
  } finally {
    await file.close();
  }
}

/** Bundle format (gitformat-bundle): signature, `-` prerequisites, refs, an empty line, the pack. */
function parseHeader(bundle: Buffer): { tip: string; packAt: number } {
  const end = bundle.subarray(0, LONGEST_HEADER).indexOf("\n\n");
  const lines = bundle.subarray(0, Math.max(0, end)).toString("latin1").split("\n");
  const refs = lines.flatMap((line) => /^([0-9a-f]{40,64}) \S+$/.exec(line)?.[1] ?? []);
  const [tip] = refs;
  if (!/^# v[23] git bundle$/.test(lines[0] ?? "") || tip === undefined || refs.length !== 1) {
    throw new Error("the bundle is not one that the runner asked for");
  }
  return { tip, packAt: end + 2 };
}
