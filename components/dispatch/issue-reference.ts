export type IssueReference = { owner: string; name: string; number: number };

const OWNER = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})";
const NAME = "[\\w.-]{1,100}";
const IN_URL = new RegExp(`^https?://[^/\\s]+/(${OWNER})/(${NAME})/issues/(\\d{1,9})(?:[/?#]\\S*)?$`);
const SHORT = new RegExp(`^(${OWNER})/(${NAME})#(\\d{1,9})$`);

/** The issue that a pasted address or `owner/name#12` means; null for anything else. Which host is the server's to say. */
export function issueReference(text: string): IssueReference | null {
  const wanted = text.trim();
  const [, owner, name, digits] = IN_URL.exec(wanted) ?? SHORT.exec(wanted) ?? [];
  const number = Number(digits);
  if (owner === undefined || name === undefined || !(number > 0)) return null;
  return { owner, name, number };
}
