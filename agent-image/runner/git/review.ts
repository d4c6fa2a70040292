import { isOwnersFile, locksAlone } from "../../../lib/review/path-table.ts";
import { RunFailure } from "../run-failure.ts";
import { anyContent, newObjects } from "./objects.ts";
import { type Git, GitError } from "./run-git.ts";

/** What the redactor knows of secrets. */
export type SecretTests = {
  redact(text: string): string;
  containsOwnSecret(text: string | Uint8Array): boolean;
  findTokenShapes(addedText: string): string[];
};

export type ChangesReview = { draftReasons: string[]; notices: string[] };

type Range = { base: string; tip: string };

const LARGEST_FILE = 100 * 1024 * 1024;
/**
 * Looks at everything that a push would send (every commit, not only the sum). Throws `RunFailure`
 * secret_in_changes for the run's own secrets anywhere in it, push_rejected for files that GitHub refuses.
 * What people should look at comes back as reasons for a draft and as notices.
 */
export async function reviewChanges(git: Git, range: Range, tests: SecretTests): Promise<ChangesReview> {
  const objects = await newObjects(git, range);
  const large = objects.find((object) => object.type === "blob" && object.size > LARGEST_FILE);
  if (large) {
    const megabytes = Math.ceil(large.size / 1024 / 1024);
    throw new RunFailure("push_rejected", `"${large.path}" has ${megabytes} MB; GitHub refuses files over 100 MB.`);
  }
  const inNames = objects.some((object) => tests.containsOwnSecret(object.path));
  if (inNames || (await anyContent(git, objects, (piece) => tests.containsOwnSecret(piece)))) {
    throw new RunFailure("secret_in_changes", "A credential of this run appears in the changes.");
  }
  const draftReasons = await foreignTokens(git, range, tests);
  const notices: string[] = [];
  const paths = await changedPaths(git, range);
  const changed = paths.map(({ path }) => path);
  const called = [...changed.filter(isOwnersFile), ...locksAlone(changed)];
  if (called.length > 0) {
    const names = nameSome(called);
    notices.push(`Please look at ${names}: who owns code and which packages are installed is decided there.`);
    draftReasons.push(`The changes include ${names}.`);
  }
  const nested = paths.filter(({ mode }) => mode === "160000").map(({ path }) => path);
  if (nested.length > 0) notices.push(`${nameSome(nested)} is a link to another repository, not its files.`);
  return { draftReasons, notices };
}

/** Paths that differ between base and tip, with the mode they have at the tip. */
async function changedPaths(git: Git, { base, tip }: Range): Promise<{ mode: string; path: string }[]> {
  const raw = await git.text(["diff-tree", "-r", "-z", "--no-renames", base, tip]);
  const parts = raw.split("\0");
  const paths: { mode: string; path: string }[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    paths.push({ mode: parts[at]?.split(" ")[1] ?? "", path: parts[at + 1] ?? "" });
  }
  return paths;
}

const PLAIN = ["--no-color", "--no-ext-diff", "--no-textconv", "--unified=0"];

/** Shapes of other people's credentials on added lines and in messages, of each commit and of the sum. */
async function foreignTokens(git: Git, { base, tip }: Range, tests: SecretTests): Promise<string[]> {
  try {
    const messages = await git.text(["log", "--format=%B", `${base}..${tip}`]);
    const each = await git.text(["log", "--patch", ...PLAIN, "--format=", `${base}..${tip}`]);
    const sum = await git.text(["diff", ...PLAIN, base, tip]);
    const added = `${each}\n${sum}`.split("\n").filter((line) => line.startsWith("+"));
    const shapes = tests.findTokenShapes(`${messages}\n${added.join("\n")}`);
    return shapes.map((shape) => `Something that looks like ${shape} was added.`);
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return ["The changes are too large to be searched for credentials."];
  }
}

function nameSome(paths: string[]): string {
  const shown = paths.slice(0, 5).map((path) => `\`${path.slice(0, 80).replaceAll("`", "")}\``);
  return paths.length > 5 ? `${shown.join(", ")} and ${paths.length - 5} more` : shown.join(", ");
}
