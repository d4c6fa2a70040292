import type { LogRecord } from "@/lib/agent-protocol";
import { type LoggedPatch, patchOf } from "./former-records";
import { kindOf, type PatchKind, statOf } from "./patch";

export type ChangedFile = {
  path: string;
  /** `n`: the record it came with. `isCut`: it is the beginning only. `notes`: what there is to say of it, where its text does not. */
  patches: { text: string; n: number; isCut?: boolean; notes?: string[] }[];
  /** null: not known, as of binary files. */
  stat: { additions: number; deletions: number } | null;
  kind: PatchKind;
};
/** `pushed`: the change as git has it. `edits`: what the agent reported of its own edits, one patch each. */
export type FileChanges = { source: "pushed" | "edits"; files: ChangedFile[] };

/** The files of a run, in the order of their tree. What was pushed takes the place of what was reported. */
export function changesOf(records: readonly LogRecord[]): FileChanges {
  const pushed = pushedFiles(records);
  return pushed.length > 0
    ? { source: "pushed", files: inTreeOrder(pushed) }
    : { source: "edits", files: inTreeOrder(editedFiles(records)) };
}

/** How many files `changesOf` has, without making them: this is asked for with each part of a log that grows. */
export function countChanged(records: readonly LogRecord[]): number {
  const pathsOf = (kind: "f" | "d"): number =>
    new Set(records.flatMap((record) => (record.k === kind ? [record.path] : []))).size;
  return pathsOf("f") || pathsOf("d");
}

function editedFiles(records: readonly LogRecord[]): ChangedFile[] {
  const files = new Map<string, ChangedFile["patches"]>();
  for (const record of records) {
    if (record.k !== "d") continue;
    const patches = files.get(record.path) ?? [];
    patches.push({ ...patchOf(record), n: record.n });
    files.set(record.path, patches);
  }
  return [...files].map(([path, patches]) => {
    const stat = statOf(patches.map(({ text }) => text));
    return { path, patches, stat, kind: kindOf(patches[0]?.text ?? "") };
  });
}

function pushedFiles(records: readonly LogRecord[]): ChangedFile[] {
  const files = new Map<string, { n: number; parts: LoggedPatch[]; stat: ChangedFile["stat"] }>();
  for (const record of records) {
    if (record.k !== "f") continue;
    const file = files.get(record.path);
    if (file !== undefined) {
      file.parts.push(patchOf(record));
      continue;
    }
    const { add, del } = record;
    const stat = add === undefined || del === undefined ? null : { additions: add, deletions: del };
    files.set(record.path, { n: record.n, parts: [patchOf(record)], stat });
  }
  return [...files].map(([path, { n, parts, stat }]) => {
    const text = parts.map((part) => part.text).join("\n");
    const isCut = parts.some((part) => part.isCut);
    return { path, patches: [{ text, isCut, n }], stat, kind: kindOf(text) };
  });
}

export type TreeFile = { is: "file"; name: string; file: ChangedFile };
export type TreeFolder = { is: "folder"; name: string; path: string; nodes: TreeNode[] };
export type TreeNode = TreeFile | TreeFolder;

/** Folders before files, each by name; folders that hold nothing but one folder stand on one line with it. */
export function treeOf(files: readonly ChangedFile[]): TreeNode[] {
  const root: TreeFolder = { is: "folder", name: "", path: "", nodes: [] };
  const folders = new Map<string, TreeFolder>([["", root]]);
  const folderAt = (path: string): TreeFolder => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const cut = path.lastIndexOf("/");
    const folder: TreeFolder = { is: "folder", name: path.slice(cut + 1), path, nodes: [] };
    folders.set(path, folder);
    folderAt(cut < 0 ? "" : path.slice(0, cut)).nodes.push(folder);
    return folder;
  };
  for (const file of files) {
    const cut = file.path.lastIndexOf("/");
    folderAt(cut < 0 ? "" : file.path.slice(0, cut)).nodes.push({
      is: "file",
      name: file.path.slice(cut + 1),
      file,
    });
  }
  return sorted(root.nodes);
}

const sorted = (nodes: readonly TreeNode[]): TreeNode[] =>
  nodes
    .map((node) => (node.is === "file" ? node : onOneLine({ ...node, nodes: sorted(node.nodes) })))
    .toSorted((one, two) =>
      one.is === two.is ? one.name.localeCompare(two.name, "en") : one.is === "folder" ? -1 : 1,
    );

function onOneLine(folder: TreeFolder): TreeFolder {
  const [only, ...more] = folder.nodes;
  return only?.is === "folder" && more.length === 0 ? { ...only, name: `${folder.name}/${only.name}` } : folder;
}

/** Files in the order of their tree. */
export const inTreeOrder = (files: readonly ChangedFile[]): ChangedFile[] => filesOf(treeOf(files));

const filesOf = (nodes: readonly TreeNode[]): ChangedFile[] =>
  nodes.flatMap((node) => (node.is === "file" ? [node.file] : filesOf(node.nodes)));

/** A file's place on the page of changes; no two paths have the same. */
export const fileAnchor = (path: string): string =>
  `file-${path.replaceAll(/[^\w-]/gu, (sign) => `.${(sign.codePointAt(0) ?? 0).toString(16)}`)}`;
