import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { startGuard } from "../processes/guard.ts";
import { createFleet } from "./fleet.ts";

it("writes nothing more once it is closed, however shortly before a machine moved", async () => {
  const folder = mkdtempSync(join(tmpdir(), "porter-fleet-"));
  const guard = startGuard();
  const fleet = createFleet({ stateDir: folder, runner: { command: ["true"], env: {} }, guard, bootMs: 0 });
  const made = fleet.create("porter-runs", { config: { image: "none", env: {} }, skip_launch: true }, { stuck: false });
  await fleet.close();
  const written: unknown = JSON.parse(readFileSync(join(folder, "machines.json"), "utf8"));
  rmSync(folder, { recursive: true });
  expect(made.kind).toBe("created");
  expect(written).toMatchObject([{ app: "porter-runs" }]);
  // A write on its way would fail here and fail the run.
  await sleep(100);
  await guard.close();
});
