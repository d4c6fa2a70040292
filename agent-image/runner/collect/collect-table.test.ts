import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Case } from "./testing/case.ts";
import { CASES } from "./testing/cases.ts";
import { CollectWorld, OWN_SECRET, withOwnSecret } from "./testing/collect-world.ts";
import { saveSet } from "./testing/save-set.ts";

/** The folder in which `npm run test:collect` wants the table, a file a case, and what Porter would be handed. */
const table = process.env["PORTER_COLLECT_TABLE"];
const isWhole = process.env["PORTER_TEST_RING"] === "all" || table !== undefined;

/** What the agent's own git says at the end; only for people, who read the table. */
const SAYS = "git status --short --branch 2>&1 | head -12; git stash list; git worktree list | tail -n +2";

async function play(one: Case): Promise<void> {
  await using world = await CollectWorld.open(one.base ?? "");
  world.agent(withOwnSecret(one.agent));
  const says = table !== undefined ? world.agent(`{ ${SAYS}; } 2>&1 || true`) : "";
  const written = await world.collect();
  const { changes, subjects, work } = written;
  const heldBack = work.heldBack.map(({ path, reason }) =>
    `${path}: ${reason.kind}`.replaceAll(OWN_SECRET, "OWN_SECRET"),
  );
  const notes = work.notes.map(({ kind }) => kind);
  if (table !== undefined) {
    const rows = [
      `\n${one.group}: ${one.name}`,
      `  agent  ${one.agent}`,
      ...says
        .trimEnd()
        .split("\n")
        .map((line) => `  git    ${line}`),
    ];
    const made = [...changes, ...heldBack.map((held) => `held back ${held}`), ...notes.map((note) => `note ${note}`)];
    const place = join(table, String(CASES.indexOf(one)));
    const lines = [...rows, ...(made.length > 0 ? made : ["nothing"]).map((line) => `  runner ${line}`)];
    writeFileSync(`${place}.txt`, `${lines.join("\n")}\n`);
    await saveSet(world, written, place);
  }
  expect({ changes: changes.toSorted(), heldBack: heldBack.toSorted(), notes }).toEqual({
    changes: one.makes.toSorted(),
    heldBack: (one.heldBack ?? []).toSorted(),
    notes: one.notes ?? [],
  });
  if (one.subjects !== undefined) expect(subjects).toEqual(one.subjects);
}

// In the first ring every seventh; all of them in the second.
const chosen = isWhole ? CASES : CASES.filter((_, at) => at % 7 === 0);

describe.each([...new Set(chosen.map(({ group }) => group))])("work that was %s before arrives", (group) => {
  test.each(chosen.filter((one) => one.group === group).map((one) => [one.name, one] as const))(
    "%s",
    async (_, one) => {
      await play(one);
    },
  );
});
