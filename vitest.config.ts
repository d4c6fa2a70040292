import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { VitestTimes } from "./scripts/file-times.ts";
import { SlowFirst } from "./scripts/slow-first.ts";
import VitestReporter from "./scripts/vitest-report.ts";

// Limits end hangs, for all tests alike: more than ten times what the slowest takes on an idle machine. A loaded machine
// is no failure.
const limits = { testTimeout: 600_000, hookTimeout: 600_000, expect: { poll: { timeout: 300_000 } } };
const alias = { "@": fileURLToPath(new URL(".", import.meta.url)).replace(/\/$/, "") };

// What `npm test` (scripts/test.ts) wants to know: a report as JSON, and what each file costs, for which files run one
// after the other.
const { PORTER_TEST_REPORT: report, PORTER_TEST_TIMES: times } = process.env;

/** Two projects: pure code on Node, and whatever touches D1 or R2 on workerd with the real migrations. */
export default defineConfig({
  test: {
    // Files share their processes and runtimes (isolate: false): a start costs more than most files. What a file changes
    // of its process it puts back.
    // Some tests wait, for a deadline or for a process; the build and the browser tests beside them do not.
    maxWorkers: times === undefined ? availableParallelism() : 1,
    sequence: { sequencer: SlowFirst },
    reporters: [
      "default",
      ...(report === undefined ? [] : [new VitestReporter()]),
      ...(times === undefined ? [] : [new VitestTimes()]),
    ],
    projects: [
      {
        resolve: { alias },
        test: {
          ...limits,
          name: "node",
          isolate: false,
          include: ["{lib,server,local,agent-image,scripts,components,bench}/**/*.test.ts"],
          exclude: ["**/*.workers.test.ts", "**/node_modules/**"],
          setupFiles: ["./server/testing/deny-console-error.ts", "./server/testing/deny-network.ts"],
        },
      },
      {
        resolve: { alias },
        plugins: [
          cloudflareTest(async () => ({
            main: "./server/testing/worker-entry.ts",
            wrangler: { configPath: "./wrangler.test.jsonc" },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations("drizzle"),
                // What becomes a migration with the next release.
                LATER_MIGRATIONS: await readD1Migrations("drizzle/later"),
                // What `npm run test:faults` was asked for, as JSON (scripts/test-faults.ts).
                FAULT_RUN: process.env.PORTER_FAULT_RUN ?? "",
                // `npm run bench -- round-trips` says "tell": the figures are printed, not held.
                ROUND_TRIPS: process.env.PORTER_ROUND_TRIPS ?? "",
                // The sizes that `npm run bench -- scale` was asked for, as JSON (bench/scale.ts).
                SCALE_RUN: process.env.PORTER_SCALE_RUN ?? "[]",
                // `npm run test:all` says "all": the fault runs take more seeds (scripts/test.ts).
                TEST_RING: process.env.PORTER_TEST_RING ?? "first",
              },
              outboundService: (request) =>
                new Response(`tests reach no network (${request.method} ${request.url})`, { status: 599 }),
            },
          })),
        ],
        test: {
          ...limits,
          name: "workers",
          isolate: false,
          include: ["server/**/*.workers.test.ts"],
          setupFiles: ["./server/testing/deny-console-error.ts", "./server/testing/apply-migrations.ts"],
        },
      },
    ],
  },
});
