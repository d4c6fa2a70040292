import { withCapital } from "./sentence.ts";

/**
 * What somebody can do about a problem, as data: comment, page and button each make their own of it. `label` is what a
 * link says, beginning small; `next`: what is still to be done after it.
 */
export type Fix =
  /** One of Porter's own pages. */
  | { kind: "page"; label: string; path: string; next?: "retry" | undefined }
  /** An address of Porter's own that leads on to GitHub, so nothing may fetch it ahead. */
  | { kind: "reconnect"; label: string; path: string }
  | { kind: "link"; label: string; url: string }
  /** A comment on the issue. */
  | { kind: "command"; command: string }
  | { kind: "advice"; advice: string };

/** A fix that is an address. */
export type Way = Extract<Fix, { label: string }>;
export const isWay = (fix: Fix): fix is Way => "label" in fix;

export const pageFix = (label: string, path: string) => ({ kind: "page", label, path }) as const;
/** `query`: what the page of the sign-in is told besides. */
export const reconnectFix = (query = "") =>
  ({ kind: "reconnect", label: "reconnect GitHub", path: `/api/auth/github?reconnect=1${query}` }) as const;
export const linkTo = (label: string, url: string) => ({ kind: "link", label, url }) as const;
export const commandFix = (words: string) => ({ kind: "command", command: words }) as const;
export const adviceFix = (words: string) => ({ kind: "advice", advice: words }) as const;

/** Where the way leads; `origin`: Porter's own, for addresses that are read elsewhere. */
export const addressOf = (way: Way, origin = ""): string => (way.kind === "link" ? way.url : `${origin}${way.path}`);

/** The label as the beginning of a sentence. */
export const linkWords = ({ label }: Way): string => withCapital(label);

/** Which texts each kind has. */
const TEXTS: { [K in Fix["kind"]]: readonly Exclude<keyof Extract<Fix, { kind: K }>, "kind" | "next">[] } = {
  page: ["label", "path"],
  reconnect: ["label", "path"],
  link: ["label", "url"],
  command: ["command"],
  advice: ["advice"],
};

/** Of an answer of the API. Undefined for what is none: an older Porter wrote sentences. */
export const readFix = (value: unknown): Fix | undefined => (isFix(value) ? value : undefined);

function isFix(value: unknown): value is Fix {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  const { kind } = value;
  if (typeof kind !== "string" || !Object.hasOwn(TEXTS, kind)) return false;
  const fields: Record<string, unknown> = { ...value };
  return TEXTS[kind as Fix["kind"]].every((name) => typeof fields[name] === "string");
}
