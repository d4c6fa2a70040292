import { BASE, type Case } from "./case.ts";
import { BENT, PLAIN } from "./cases-bent.ts";
import { LOST } from "./cases-lost.ts";
import { THROWN } from "./cases-thrown-away.ts";
import { SILENT } from "./cases-without-a-word.ts";

const GROUPS = { lost: LOST, bent: BENT, "thrown away": THROWN, "without a word": SILENT, plain: PLAIN };

export const CASES: readonly Case[] = Object.entries(GROUPS).flatMap(([group, cases]) =>
  cases.map((one): Case => ({ ...one, group: group as Case["group"], base: one.base ?? BASE })),
);
