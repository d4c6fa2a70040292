// `node scripts/threat-model-page.ts` writes the promises of docs/threat-model.md from scripts/security; its test says when
// that is due.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesOf, type Promised } from "./security/abuse.ts";
import { PROMISES } from "./security/promises.ts";

export const THREAT_MODEL = join(import.meta.dirname, "..", "docs", "threat-model.md");

const HEAD = `## Promised

Each promise is held by tests: what was tried against it, what must come of that, and whether it does, is a table,
\`npm run test:security\`. This part of the page is written from \`scripts/security\` by \`node scripts/threat-model-page.ts\`.

`;
const NEXT = "\n## Not promised\n";

const row = (promised: Promised): string =>
  `- **${promised.promise}** Held by ${filesOf(promised)
    .map((file) => `\`${file}\``)
    .join(", ")}.`;

/** The page with the promises as they are listed. */
export function withPromises(page: string): string {
  const [before = ""] = page.split("## Promised\n");
  const after = page.slice(page.indexOf(NEXT));
  return `${before}${HEAD}${PROMISES.map(row).join("\n")}\n${after}`;
}

if (import.meta.main) writeFileSync(THREAT_MODEL, withPromises(readFileSync(THREAT_MODEL, "utf8")));
