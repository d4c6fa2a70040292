// `npm run test:faults -- --seeds N [--seed S]`: N seeded fault runs (server/testing/faults), from seed S on, 1 unless
// said; `--seed S` alone is that one run again. `--clocks queue|sweep|edges` leaves one clock, `--mutant NAME` takes a
// guard out and stops at the first seed that sees it. Exits 1 when a promise is broken, with the shortest story of it.
import { parseArgs } from "node:util";
import { runStage } from "./stage.ts";

/** What to run, as JSON for the test, which knows the names of clocks and mutants. Throws a sentence with the option. */
function asked(): string {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string" },
      seed: { type: "string" },
      clocks: { type: "string" },
      mutant: { type: "string" },
    },
  });
  const seed = numberOf("seed", values.seed, { from: 0, to: 2 ** 32 - 1 });
  return JSON.stringify({
    from: seed ?? 1,
    seeds: numberOf("seeds", values.seeds, { from: 1, to: 10_000_000 }) ?? (seed === undefined ? 200 : 1),
    clocks: values.clocks,
    mutant: values.mutant,
  });
}

function numberOf(name: string, text: string | undefined, range: { from: number; to: number }): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < range.from || number > range.to)
    throw new Error(`--${name} ${text}: a whole number from ${range.from} to ${range.to}`);
  return number;
}

try {
  process.env["PORTER_FAULT_RUN"] = asked();
  const test = "server/testing/faults/seeds.workers.test.ts";
  process.exitCode = await runStage("vitest", ["run", "--project", "workers", test]);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
