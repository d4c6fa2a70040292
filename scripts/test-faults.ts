// `npm run test:faults -- --seeds N [--seed S]`: N seeded fault runs (server/testing/faults), from seed S on, 1 unless
// said; `--seed S` alone is that one run again. `--clocks queue|sweep|edges` leaves one clock, `--mutant NAME` takes a
// guard out and stops at the first seed that sees it. Exits 1 when a promise is broken, with the shortest story of it.
import { parseArgs } from "node:util";
import { runStage } from "./stage.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    seed: { type: "string" },
    clocks: { type: "string" },
    mutant: { type: "string" },
  },
});

/** Numbers of the command line; what is no positive whole number is refused with the option's name. */
function numberOf(name: "seeds" | "seed"): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} must be a whole number from 1`);
  return Number(text);
}

const seed = numberOf("seed");
const asked = {
  from: seed ?? 1,
  seeds: numberOf("seeds") ?? (seed === undefined ? 200 : 1),
  ...(values.clocks === undefined ? {} : { clocks: values.clocks }),
  ...(values.mutant === undefined ? {} : { mutant: values.mutant }),
};
process.env["PORTER_FAULT_RUN"] = JSON.stringify(asked);
process.exitCode = await runStage("vitest", [
  "run",
  "--project",
  "workers",
  "server/testing/faults/seeds.workers.test.ts",
]);
