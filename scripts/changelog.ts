// CHANGELOG.md as text: a section made of commits, put in, and found again.
import { CommitParser } from "conventional-commits-parser";

/** `message` is the whole text of a commit. */
export type ReadCommit = { hash: string; message: string };

/** What those who run a Porter notice. Other types (tests, documents, the code's own order) are in the log of git. */
const HEADINGS = { feat: "Added", fix: "Mended", perf: "Faster" } as const;
type Heading = (typeof HEADINGS)[keyof typeof HEADINGS] | "Breaking";
const ORDER: Heading[] = ["Breaking", "Added", "Mended", "Faster"];

export const VERSION = /^\d+\.\d+\.\d+$/;
const isTold = (type: string): type is keyof typeof HEADINGS => Object.hasOwn(HEADINGS, type);
/** The heading of each version; the date behind it is for people. */
const headingOf = (version: string): string => `## ${version}`;

const parser = new CommitParser({
  headerPattern: /^(\w+)(?:\(([^)]*)\))?!?: (.+)$/,
  breakingHeaderPattern: /^(\w+)(?:\(([^)]*)\))?!: (.+)$/,
  headerCorrespondence: ["type", "scope", "subject"],
});

function linesOf({ hash, message }: ReadCommit): { heading: Heading; line: string }[] {
  const { type, scope, subject, notes } = parser.parse(message);
  if (type == null || subject == null) return [];
  const where = scope == null ? "" : `**${scope}**: `;
  const from = ` (${hash.slice(0, 7)})`;
  const breaking = notes.map(({ text }) => ({
    heading: "Breaking" as const,
    line: `- ${where}${text.replace(/\s+/g, " ").trim()}${from}`,
  }));
  return isTold(type) ? [...breaking, { heading: HEADINGS[type], line: `- ${where}${subject}${from}` }] : breaking;
}

/** The section of a version, out of its commits, newest first; with what nobody outside notices left out. */
export function sectionOf(version: { name: string; date: string }, commits: readonly ReadCommit[]): string {
  const lines = commits.flatMap(linesOf);
  const parts = ORDER.flatMap((heading) => {
    const own = lines.filter((one) => one.heading === heading).map(({ line }) => line);
    return own.length === 0 ? [] : [`### ${heading}\n\n${own.join("\n")}`];
  });
  const body = parts.length === 0 ? ["Nothing that those who run a Porter would notice."] : parts;
  return `${headingOf(version.name)} (${version.date})\n\n${body.join("\n\n")}\n`;
}

/** The changelog with a section more, above the versions before it. */
export function withSection(changelog: string, section: string): string {
  const first = /^## /m.exec(changelog)?.index ?? changelog.length;
  const [before, after] = [changelog.slice(0, first).trimEnd(), changelog.slice(first)];
  return `${[before, section.trimEnd(), ...(after === "" ? [] : [after.trimEnd()])].join("\n\n")}\n`;
}

/** What a version's section says, without its heading; undefined when the changelog has none. */
export function notesOf(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^(?=## )/m);
  const own = sections.find((section) => section.startsWith(`${headingOf(version)} `));
  return own?.slice(own.indexOf("\n")).trim();
}
