import { type HeldBack, LARGEST_FILE_BYTES } from "../../../lib/held-back.ts";
import type { AgentUser } from "../agent-user.ts";
import { type Git, GitError, type GitOptions } from "../git/run-git.ts";
import { askForFiles } from "./ask-reader.ts";
import type { BaseTree } from "./base-tree.ts";
import { nulFields, nulInput } from "./git-paths.ts";
import { isLeftover, TOOL_FOLDERS } from "../../../lib/review/kept-out.ts";
import type { FileAnswer, FilesAnswer } from "./reader-answers.ts";
import { OptionalFiles } from "./optional-files.ts";
import type { WorkTreeStatus } from "./work-tree-status.ts";

type SurveyInput = { git: Git; work: string; user: AgentUser; base: BaseTree; status: WorkTreeStatus };

/**
 * What to do about each path of a work tree that differs from its index. `files`: what stands at the added ones. `optional`:
 * files that nobody made on purpose and that somebody may want anyway.
 */
export type Survey = {
  add: string[];
  remove: string[];
  optional: string[];
  heldBack: HeldBack[];
  files: Map<string, FileAnswer>;
};

/** Sorts what git names; what it cannot take, or nobody made on purpose, is held back with its reason. */
export async function surveyWorkTree(input: SurveyInput, here: GitOptions & { timeoutMs: number }): Promise<Survey> {
  const survey = new Sorter(input);
  const { tracked, untracked } = input.status;
  const open = tracked.filter((change) => survey.isText(change) && change.isOpen);
  for (const { path, isGone } of open) if (isGone) survey.remove.push(path);
  const links = new Set(open.filter(({ isLink }) => isLink).map(({ path }) => path));
  const present = open.filter(({ isGone }) => !isGone).map(({ path }) => path);
  const text = untracked.filter((entry) => survey.isText(entry)).map(({ path }) => path);
  const fresh = text.filter((path) => !path.endsWith("/") && survey.isMeant(path));
  const asking = { user: input.user, timeoutMs: here.timeoutMs };
  const question = { work: input.work, closed: [...TOOL_FOLDERS] };
  const folders = text.filter((path) => path.endsWith("/"));
  const first = await askForFiles({ ...question, paths: [...present, ...fresh], folders, survey: true }, asking);
  present.forEach((path, at) => survey.classify(path, first.files[at], links.has(path) ? "link" : "tracked"));
  fresh.forEach((path, at) => survey.classify(path, first.files[present.length + at], "untracked"));
  const nested = survey.nested(folders, first.folders);
  if (nested.length > 0) {
    const meant = (await notIgnored(input.git, nested, here)).filter((path) => survey.isMeant(path));
    const more = await askForFiles({ ...question, paths: meant, folders: [], survey: false }, asking);
    meant.forEach((path, at) => survey.classify(path, more.files[at], "untracked"));
  }
  await survey.addOdd(first.odd, async (paths) => notIgnored(input.git, paths, here));
  const spare = survey.spare.paths;
  const found =
    spare.length === 0
      ? []
      : (await askForFiles({ ...question, paths: spare, folders: [], survey: false }, asking)).files;
  return survey.end(found);
}

/** What no ignore file of the work tree names. */
async function notIgnored(git: Git, paths: readonly string[], here: GitOptions): Promise<string[]> {
  const ignored = await ignoredOf(git, paths, here);
  return paths.filter((path) => !ignored.has(path));
}

/** The paths that an ignore file of the work tree names, tracked or not. */
export async function ignoredOf(git: Git, paths: readonly string[], here: GitOptions): Promise<Set<string>> {
  if (paths.length === 0) return new Set();
  try {
    const output = await git.run(["check-ignore", "-z", "--no-index", "--stdin"], { ...here, input: nulInput(paths) });
    return new Set(nulFields(output).map((field) => field.toString("utf8")));
  } catch (error) {
    // Exit 1: none of them is ignored.
    if (error instanceof GitError && error.exitCode === 1) return new Set();
    throw error;
  }
}

class Sorter {
  readonly remove: string[] = [];
  readonly #add: string[] = [];
  readonly #heldBack: HeldBack[] = [];
  readonly #artefacts = new Map<string, number>();
  readonly #files = new Map<string, FileAnswer>();
  readonly #base: BaseTree;

  constructor({ base }: SurveyInput) {
    this.#base = base;
  }

  readonly spare = new OptionalFiles();

  isText({ path, isText }: { path: string; isText: boolean }): boolean {
    if (!isText) this.#heldBack.push({ path, reason: { kind: "name" } });
    return isText;
  }

  /** Whether an untracked file is one that somebody wants. */
  isMeant(path: string): boolean {
    const folder = this.#base.newArtefactFolder(path);
    if (folder !== null) this.#artefacts.set(folder, (this.#artefacts.get(folder) ?? 0) + 1);
    else if (isLeftover(path)) this.#heldBack.push({ path, reason: { kind: "leftover" } });
    else return true;
    this.spare.add(folder ?? path, path);
    return false;
  }

  classify(path: string, file: FileAnswer | undefined, as: "tracked" | "untracked" | "link"): void {
    if (file === undefined || file.kind === "gone") {
      if (as !== "untracked") this.remove.push(path);
    } else if (file.kind === "folder") {
      if (as === "link") this.#add.push(path);
      else if (as === "tracked") this.remove.push(path);
    } else if (file.kind !== "file" && file.kind !== "link") {
      this.#heldBack.push({ path, reason: { kind: "not_a_file", what: file.kind } });
    } else if (!file.readable) {
      this.#heldBack.push({ path, reason: { kind: "unreadable" } });
    } else if (file.size > LARGEST_FILE_BYTES) {
      this.#heldBack.push({ path, reason: { kind: "too_large", bytes: file.size } });
    } else {
      this.#add.push(path);
      this.#files.set(path, file);
    }
  }

  /** Files of repositories inside the work tree, as if these were folders. */
  nested(folders: readonly string[], answers: FilesAnswer["folders"]): string[] {
    return answers.flatMap(({ isWorkTree, paths, closed, isCut }, at) => {
      if (isWorkTree) return [];
      for (const folder of closed) this.#artefacts.set(`${folder}/`, 1);
      if (!isCut) return paths;
      this.#artefacts.set(folders[at] ?? "", paths.length);
      return [];
    });
  }

  async addOdd(odd: FilesAnswer["odd"], wanted: (paths: string[]) => Promise<string[]>): Promise<void> {
    const known = new Set(this.#heldBack.map(({ path }) => path));
    const fresh = odd.filter(({ path }) => !known.has(path) && this.#base.newArtefactFolder(`${path}/`) === null);
    const named = new Set(await wanted(fresh.map(({ path }) => path)));
    for (const { path, what } of fresh) {
      if (!named.has(path)) continue;
      if (what === "unreadable") this.#heldBack.push({ path: `${path}/`, reason: { kind: "unreadable" } });
      else this.#heldBack.push({ path, reason: { kind: "not_a_file", what } });
    }
  }

  end(spare: readonly FileAnswer[]): Survey {
    // A folder that cannot be read is no reason to lose the file whose place it took.
    const unreadable = new Set(this.#heldBack.map(({ path }) => path));
    const remove = this.remove.filter((path) => !unreadable.has(`${path}/`));
    const artefacts = [...this.#artefacts].map(([path, files]): HeldBack => ({
      path,
      reason: { kind: "artefacts", files },
    }));
    const heldBack = [...this.#heldBack, ...artefacts];
    return { add: this.#add, remove, optional: this.spare.choose(spare), heldBack, files: this.#files };
  }
}
