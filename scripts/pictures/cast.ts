// Who asks for what in the pictures.
import type { SeedRepository } from "../../local/github/seed.ts";
import { BEFORE } from "./stories.ts";

export type Scene = { repo: string; title: string; story: string; comment: string };

const LEDGER = "octocat/ledger";
const STORE = "octocat/storefront";

/** In this order: what ends comes first, then five that run, then those that wait. */
export const SCENES: Scene[] = [
  {
    repo: LEDGER,
    title: "Two tabs sign each other out when a token expires",
    story: "race",
    comment: "@porter claude --model=opus",
  },
  {
    repo: STORE,
    title: "Last page is empty when the count is a multiple of the page size",
    story: "small",
    comment: "@porter opencode",
  },
  { repo: STORE, title: "Parser crashes on a trailing comma", story: "nothing", comment: "@porter claude" },
  {
    repo: LEDGER,
    title: "Import fails for bank statements with a byte order mark",
    story: "refused",
    comment: "@porter claude",
  },
  { repo: LEDGER, title: "Monthly report adds cents as floats", story: "broken", comment: "@porter opencode" },
  { repo: STORE, title: "Move the image pipeline off the main thread", story: "slow", comment: "@porter claude" },
  {
    repo: LEDGER,
    title: "Two jobs that refresh a token at once sign the user out",
    story: "working",
    comment: "@porter claude --model=opus",
  },
  {
    repo: STORE,
    title: "Cart total flickers while a coupon is checked",
    story: "working",
    comment: "@porter opencode --priority=high",
  },
  { repo: STORE, title: "Search forgets its filters on back", story: "looking", comment: "@porter opencode" },
  { repo: LEDGER, title: "Show pending transfers in grey", story: "looking", comment: "@porter claude" },
  { repo: STORE, title: "Add Portuguese to the language switch", story: "cloning", comment: "@porter opencode" },
  {
    repo: LEDGER,
    title: "Explain the rounding in the statement's footer",
    story: "small",
    comment: "@porter opencode",
  },
  {
    repo: STORE,
    title: "Let people undo the removal of an item",
    story: "small",
    comment: "@porter claude --priority=low",
  },
  { repo: LEDGER, title: "Export to QIF", story: "small", comment: "@porter amp" },
];
/** Of the scenes so many end, and then so many run. */
export const ENDING = 6;
export const RUNNING = 5;

/** The one that is filmed; nobody asks for it before. */
export const FILMED: Scene = {
  repo: LEDGER,
  title: "People are signed out when two requests refresh at once",
  story: "film",
  comment: "@porter claude --model=opus",
};

const body = (scene: Scene) => `${scene.title}. It happens every day.\n\n[story: ${scene.story}]\n`;
const issuesOf = (repo: string) =>
  [...SCENES, FILMED]
    .filter((scene) => scene.repo === repo)
    .map((scene) => ({ title: scene.title, body: body(scene) }));

const repository = (full: string, description: string) => {
  const [owner = "", name = ""] = full.split("/");
  const files = {
    ...BEFORE,
    "README.md": `# ${name}\n\n${description}\n`,
    "AGENTS.md": "# For agents\n\nRun `npm test` before you finish.\n",
  };
  return { owner, name, description, files, issues: issuesOf(full) };
};

export const REPOSITORIES: SeedRepository[] = [
  repository(LEDGER, "Double-entry bookkeeping for small shops"),
  repository(STORE, "A shop front"),
];
/** The number of a scene's issue: they are numbered from 1 in each repository. */
export const issueOf = (scene: Scene, among: readonly Scene[] = [...SCENES, FILMED]): number =>
  among.filter(({ repo }) => repo === scene.repo).indexOf(scene) + 1;
