export type IssueReference = { owner: string; name: string; number: number };
/** What pasted text means, besides words to search for. */
export type Pasted =
  | { kind: "issue"; issue: IssueReference }
  | { kind: "repository"; repository: string }
  /** It names something that no task can be about, and why. */
  | { kind: "refused"; sentence: string };

const OWNER = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})";
const NAME = "[\\w.-]{1,100}";
const SHORT = new RegExp(`^(${OWNER})/(${NAME})#(\\d{1,9})$`);
const IN_PATH = new RegExp(`^/(${OWNER})/(${NAME}?)(?:\\.git)?(?:/(issues|pulls?)(?:/(\\d{1,9}))?(?:/.*)?)?/*$`);

/**
 * Reads the address of an issue or a repository, with or without `https://` and `www.`, or `owner/name#12`; null for
 * anything else. `githubUrl`: the GitHub that Porter works with; on another one the same path is another issue.
 */
export function readPasted(text: string, githubUrl: string): Pasted | null {
  const wanted = text.trim().replace(/^<(.*)>$/, "$1");
  const [, owner = "", name = "", digits] = SHORT.exec(wanted) ?? [];
  if (digits !== undefined) return issueOf(owner, name, digits);
  const github = new URL(githubUrl);
  const hasScheme = /^https?:\/\//i.test(wanted);
  if (/\s/.test(wanted) || (!hasScheme && hostOf(wanted.split("/")[0]) !== github.host)) return null;
  const url = URL.parse(hasScheme ? wanted : `https://${wanted}`);
  const path = url === null ? null : IN_PATH.exec(url.pathname);
  if (url === null || path === null) return null;
  const [, , , kind, number] = path;
  if (hostOf(url.host) !== github.host)
    return number === undefined ? null : { kind: "refused", sentence: `This is not an address of ${github.host}.` };
  const [repositoryOwner = "", repository = ""] = path.slice(1);
  if (number === undefined) return { kind: "repository", repository: `${repositoryOwner}/${repository}` };
  if (kind !== "issues") return { kind: "refused", sentence: "This is a pull request. Porter works on issues." };
  return issueOf(repositoryOwner, repository, number);
}

const hostOf = (host = ""): string => host.toLowerCase().replace(/^www\./, "");

function issueOf(owner: string, name: string, digits: string): Pasted | null {
  const number = Number(digits);
  return number > 0 ? { kind: "issue", issue: { owner, name, number } } : null;
}
