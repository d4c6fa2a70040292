import { countConflicts } from "@/lib/review/contents";
import type { Finding } from "@/lib/review/findings";
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
import type { Place } from "@/server/change-sets/facts";
import { textOf } from "@/server/change-sets/inline-text";

/** What paths alone tell. */
export function findInPath(places: readonly Place[]): Finding[] {
  const alone = new Set(locksAlone([...new Set(places.map(({ path }) => path))]));
  return places.flatMap((place) => {
    const { path, entry } = place;
    const reader = readerOf(path);
    const kinds: (Finding["kind"] | null)[] = [
      isWorkflowPath(path) ? "workflow" : null,
      isOwnersFile(path) ? "owners" : null,
      alone.has(path) ? "lock_alone" : null,
      entry?.mode === "160000" ? "submodule" : null,
      hasUnseen(path) || /[\u0000-\u001f\u007f]/.test(path) ? "invisible" : null,
      // A link whose target nobody handed over: the base's own, but perhaps from elsewhere.
      entry?.mode === "120000" && place.from === "base" && !place.isBack ? "link_outside" : null,
    ];
    const found = kinds.flatMap((kind) => (kind === null ? [] : [{ kind, path, detail: "" }]));
    return reader === null ? found : [...found, { kind: "reads_itself", path, detail: reader }];
  });
}

type Contents = { content: Uint8Array; before: Uint8Array | null };

/** What a file's content tells, as far as the base did not have it at this path. */
export function findInFile(
  { content, before }: Contents,
  { path, entry }: Place,
  { foreignSecrets }: { foreignSecrets: (text: string) => string[] },
): Finding[] {
  const text = textOf(content);
  if (entry?.mode === "120000") {
    return text === null || linksOutside(path, text) ? [{ kind: "link_outside", path, detail: "" }] : [];
  }
  if (text === null) {
    const bytes = new TextDecoder("latin1").decode(content);
    return [
      ...(isProgram(path, content) ? [{ kind: "program", path, detail: "" } as const] : []),
      ...foreign(path, foreignSecrets(bytes)),
    ];
  }
  const old = before === null ? null : textOf(before);
  const added = addedLines(text, old);
  const kinds: (Finding["kind"] | null)[] = [
    isAttributesFile(path) && hidesDiff(added) ? "hides_diff" : null,
    hasUnseen(added) ? "invisible" : null,
    isMinified(path, text) && !(old !== null && isMinified(path, old)) ? "minified" : null,
    countConflicts(content) > (before === null ? 0 : countConflicts(before)) ? "conflict" : null,
  ];
  const scripts = selfRunning(path, text, old);
  return [
    ...kinds.flatMap((kind): Finding[] => (kind === null ? [] : [{ kind, path, detail: "" }])),
    ...(scripts.length === 0
      ? []
      : [{ kind: "install_script", path, detail: scripts.slice(0, 5).join(", ") } as const]),
    ...foreign(path, foreignSecrets(added)),
  ];
}

const foreign = (path: string, labels: readonly string[]): Finding[] =>
  labels.map((detail) => ({ kind: "foreign_secret", path, detail }));
