const ADDRESS = "an address is no name: write the host's name";
const GITHUB =
  "a connection to GitHub carries a push with anybody's token as well as a clone, so it cannot be on the list; public repositories can be cloned without it";

/** Names that lead nowhere but into the machine or a private network. */
const PRIVATE_ENDS = ["localhost", "local", "localdomain", "internal", "flycast", "lan", "home", "arpa", "onion"];
/** GitHub's own and its enterprises': whatever is below them takes a token. What it serves to read is elsewhere. */
const GIT_HOSTS = ["github.com", "ghe.com"];

/** Whether `name` is `domain`, or below it. */
export const isBelow = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);

/** Why a name, in small letters, cannot be on a list of hosts; null: it can. `*.` before it means all below it. */
export function hostMistake(given: string): string | null {
  const name = given.replace(/^\*\./, "");
  const labels = name.split(".");
  return (
    mistakeOfForm(name) ??
    mistakeOfLetters(name) ??
    (labels.length < 2 ? shortName(given) : null) ??
    (PRIVATE_ENDS.includes(labels.at(-1) ?? "") ? `"${clip(name)}" is no public name` : null) ??
    (GIT_HOSTS.some((host) => isBelow(name, host)) ? GITHUB : null)
  );
}

/** What is written besides a name, or instead of one. */
function mistakeOfForm(name: string): string | null {
  if (name === "") return "a name is needed, such as registry.example.com";
  if (name.length > 253) return "a name has at most 253 characters";
  if (/[\s@?#\\/]/u.test(name)) return "write the name alone, without https://, path or spaces";
  if (name.includes("[") || /:.*:/.test(name)) return ADDRESS;
  if (name.includes(":")) return "write the name without a port: only 80 and 443 are open";
  if (name.includes("*")) return "a * stands only at the beginning, as in *.example.com";
  return null;
}

/** No spelling of an address ends with a letter's label. */
const END = /\.[a-z][a-z0-9-]*$/;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A URL knows every spelling of an address. */
function mistakeOfLetters(name: string): string | null {
  const known = URL.canParse(`https://${name}`) ? new URL(`https://${name}`).hostname : null;
  if (known !== null && /^[\d.]+$/.test(known)) return ADDRESS;
  if (/[^ -~]/.test(name))
    return known !== null && known !== name ? `write it as ${known}` : "write it in ASCII letters (punycode)";
  const isName = known === name && name.split(".").every((label) => LABEL.test(label));
  return isName && (!name.includes(".") || END.test(name)) ? null : `"${clip(name)}" is no host name`;
}

const shortName = (given: string): string =>
  given.startsWith("*.")
    ? "a * needs a whole domain behind it, as in *.example.com"
    : `"${clip(given)}" is no public name`;

const clip = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name);
