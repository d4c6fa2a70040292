import { countConflicts } from "@/lib/review/contents";
import type { ReviewFinding } from "@/lib/review/findings";
import { isOwnersFile, locksAlone, readerOf } from "@/lib/review/path-table";
import {
  addedLines,
  hasUnseen,
  hidesDiff,
  isAttributesFile,
  isMinified,
  isProgram,
  linksOutside,
  selfRunning,
} from "@/lib/review/text-checks";
import { isWorkflowPath } from "@/lib/review/workflow-paths";
import type { SetPath } from "@/server/change-sets/facts";
import { textOf } from "@/server/change-sets/inline-text";

/** What paths alone tell. */
export function findInPath(setPaths: readonly SetPath[]): ReviewFinding[] {
  const alone = new Set(locksAlone([...new Set(setPaths.map(({ path }) => path))]));
  return setPaths.flatMap((setPath) => {
    const { path, entry } = setPath;
    const reader = readerOf(path);
    const kinds: (ReviewFinding["kind"] | null)[] = [
      isWorkflowPath(path) ? "workflow" : null,
      isOwnersFile(path) ? "owners" : null,
      alone.has(path) ? "lock_alone" : null,
      entry?.mode === "160000" ? "submodule" : null,
      hasUnseen(path) || /[\u0000-\u001f\u007f]/.test(path) ? "invisible" : null,
      // A link whose target nobody handed over: the base's own, but perhaps from elsewhere.
      entry?.mode === "120000" && setPath.from === "base" && !setPath.isBack ? "link_outside" : null,
    ];
    const found = kinds.flatMap((kind) => (kind === null ? [] : [{ kind, path, detail: "" }]));
    return reader === null ? found : [...found, { kind: "reads_itself", path, detail: reader }];
  });
}

type Contents = { content: Uint8Array; before: Uint8Array | null };
type Knows = { foreignSecrets: (text: string) => string[] };

/** What a file's content tells, as far as the base did not have it at this path. May name one thing more than once. */
export function findInFile(contents: Contents, setPath: SetPath, knows: Knows): ReviewFinding[] {
  const { content, before } = contents;
  const { path } = setPath;
  const conflicts = countConflicts(content) > (before === null ? 0 : countConflicts(before));
  const isLarge = (content.length > LARGE || hasMoreLines(content, MANY_LINES)) && setPath.entry?.mode !== "120000";
  const found = isLarge ? findInPieces(content, setPath, knows) : findInText(contents, setPath, knows);
  return [...(conflicts ? [{ kind: "conflict", path, detail: "" } as const] : []), ...found];
}

/** The lines of a larger file, and of the one before it, would be more than a Worker has memory for. */
const LARGE = 4 * 1024 * 1024;
const MANY_LINES = 200_000;

function hasMoreLines(content: Uint8Array, most: number): boolean {
  let lines = 0;
  for (let at = content.indexOf(10); at !== -1 && lines <= most; at = content.indexOf(10, at + 1)) lines += 1;
  return lines > most;
}

const PIECE = 1024 * 1024;
const OVERLAP = 16 * 1024;

/** A large file piece by piece, all of it as if it were new. */
function findInPieces(content: Uint8Array, setPath: SetPath, knows: Knows): ReviewFinding[] {
  const found: ReviewFinding[] = isProgram(setPath.path, content)
    ? [{ kind: "program", path: setPath.path, detail: "" }]
    : [];
  const encoding = content.includes(0) ? "latin1" : "utf-8";
  for (let at = 0; at < content.length; at += PIECE) {
    // A letter that the border cuts is whole in the other piece.
    const text = new TextDecoder(encoding).decode(content.subarray(at, at + PIECE + OVERLAP));
    if (encoding === "latin1") found.push(...foreign(setPath.path, knows.foreignSecrets(text)));
    else found.push(...findInAdded({ text, old: null }, setPath, knows));
  }
  return found;
}

function findInText({ content, before }: Contents, setPath: SetPath, knows: Knows): ReviewFinding[] {
  const { path, entry } = setPath;
  const text = textOf(content);
  if (entry?.mode === "120000") {
    return text === null || linksOutside(path, text) ? [{ kind: "link_outside", path, detail: "" }] : [];
  }
  if (text !== null) return findInAdded({ text, old: before === null ? null : textOf(before) }, setPath, knows);
  const found = foreign(path, knows.foreignSecrets(new TextDecoder("latin1").decode(content)));
  return isProgram(path, content) ? [{ kind: "program", path, detail: "" }, ...found] : found;
}

function findInAdded(
  { text, old }: { text: string; old: string | null },
  { path }: SetPath,
  knows: Knows,
): ReviewFinding[] {
  const added = addedLines(text, old);
  const kinds: (ReviewFinding["kind"] | null)[] = [
    isAttributesFile(path) && hidesDiff(added) ? "hides_diff" : null,
    hasUnseen(added) ? "invisible" : null,
    isMinified(path, text) && !(old !== null && isMinified(path, old)) ? "minified" : null,
  ];
  const scripts = selfRunning(path, text, old);
  return [
    ...kinds.flatMap((kind): ReviewFinding[] => (kind === null ? [] : [{ kind, path, detail: "" }])),
    ...(scripts.length === 0
      ? []
      : [{ kind: "install_script", path, detail: scripts.slice(0, 5).join(", ") } as const]),
    ...foreign(path, knows.foreignSecrets(added)),
  ];
}

const foreign = (path: string, labels: readonly string[]): ReviewFinding[] =>
  labels.map((detail) => ({ kind: "foreign_secret", path, detail }));
