import { z } from "zod";
import { tryJson } from "../json.ts";
import { removeInvisible } from "../markdown/invisible.ts";

/** The lines of a text that the one before it has not, as often as they are more. A line that only moved is not added. */
export function addedLines(after: string, before: string | null): string {
  if (before === null) return after;
  const had = new Map<string, number>();
  for (const line of before.split("\n")) had.set(line, (had.get(line) ?? 0) + 1);
  const added = after.split("\n").filter((line) => {
    const left = had.get(line) ?? 0;
    had.set(line, left - 1);
    return left <= 0;
  });
  return added.join("\n");
}

/** Line ends are no secret, and terminal escapes are what tests of terminals are made of. */
const UNSEEN: ReadonlySet<string> = new Set([
  "zero-width character",
  "bidirectional control",
  "tag character",
  "variation selector",
]);

/** Whether characters are in it that nobody sees, but for those that emoji and scripts need. */
export function hasUnseen(text: string): boolean {
  if (!/[^\u0000-\u007f]/.test(text)) return false;
  // A mark at the start of a file says how it is encoded.
  return removeInvisible(text.replace(/^\ufeff/, "")).removed.some(({ kind }) => UNSEEN.has(kind));
}

const DENSE_BYTES = 50 * 1024;
const DENSE_LINE = 300;
const DATA =
  /\.(?:json|jsonl|geojson|csv|tsv|svg|txt|md|mdx|lock|snap|ipynb|xml|sql|pem|map|po|ics|log|yaml|yml|toml)$/;

/** Code over 50 KB that no line breaks, or that its name calls minified. */
export function isMinified(path: string, text: string): boolean {
  if (text.length <= DENSE_BYTES) return false;
  const lower = path.toLowerCase();
  if (/[.-]min\.[a-z]+$/.test(lower)) return true;
  if (DATA.test(lower)) return false;
  // Lines that are long hold most of it, however many short ones (a licence, padding) stand beside them.
  const dense = text.split("\n").reduce((sum, line) => sum + (line.length > DENSE_LINE ? line.length : 0), 0);
  return dense > DENSE_BYTES || dense * 2 > text.length;
}

export const isAttributesFile = (path: string): boolean => path.toLowerCase().split("/").at(-1) === ".gitattributes";

/** Whether added lines of `.gitattributes` make GitHub fold or leave out a diff. */
export function hidesDiff(added: string): boolean {
  return added
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .some((line) =>
      line
        .trim()
        .split(/\s+/)
        .slice(1)
        .some((word) => /^(?:-diff|diff=false|binary|linguist-generated(?:=(?!false$|0$).*)?)$/i.test(word)),
    );
}

/** Scripts that a package manager runs without being asked for them, by the name of the file that holds them. */
const SELF_RUNNING: Record<string, RegExp> = {
  "package.json": /^(?:(?:pre|post)?(?:install|prepare|publish|pack|uninstall|version)|prepublishonly|dependencies)$/i,
  "composer.json": /^(?:pre|post)-/i,
};

/** The names of self-running scripts that are new or changed. A manifest that nobody can read may hold any. */
export function selfRunning(path: string, after: string, before: string | null): string[] {
  const name = path.toLowerCase().split("/").at(-1) ?? "";
  const runs = Object.hasOwn(SELF_RUNNING, name) ? SELF_RUNNING[name] : undefined;
  if (runs === undefined) return [];
  const now = scriptsOf(after);
  if (now === null) return ["unreadable"];
  const then = (before === null ? null : scriptsOf(before)) ?? new Map<string, string>();
  return [...now].flatMap(([script, command]) => (runs.test(script) && then.get(script) !== command ? [script] : []));
}

const manifestSchema = z.looseObject({ scripts: z.record(z.string(), z.unknown()).optional().catch({}) });

function scriptsOf(manifest: string): Map<string, string> | null {
  const read = tryJson(manifestSchema, manifest.replace(/^\ufeff/, ""));
  if (read === undefined) return null;
  return new Map(Object.entries(read.scripts ?? {}).map(([name, command]) => [name, JSON.stringify(command)]));
}

/** Whether a link at `path` with this content may leave the tree or reach git's own folder. */
export function linksOutside(path: string, target: string): boolean {
  if (target === "" || target.length > 4096 || /^[\\/~]|^[A-Za-z]:|\0/.test(target)) return true;
  const at = path.split("/").slice(0, -1);
  for (const step of target.split(/[\\/]/)) {
    if (step === "..") {
      if (at.pop() === undefined) return true;
    } else if (step !== "" && step !== ".") at.push(step);
  }
  return at.some((step) => step.toLowerCase() === ".git");
}

/** The first bytes of what machines run: ELF, Windows, macOS (both orders, both widths, fat), WebAssembly, Java, archives of it. */
const PROGRAMS = [
  "7f454c46",
  "4d5a",
  "feedface",
  "feedfacf",
  "cefaedfe",
  "cffaedfe",
  "cafebabe",
  "0061736d",
  "6465780a",
];

export function isProgram(path: string, content: Uint8Array): boolean {
  if (!content.subarray(0, 8192).includes(0)) return false;
  const head = [...content.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return PROGRAMS.some((start) => head.startsWith(start)) || /\.(?:jar|war|apk|aar|node|pyd|whl|egg|gem)$/i.test(path);
}
