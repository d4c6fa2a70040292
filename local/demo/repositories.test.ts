import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ScriptedAction } from "../../agent-image/testing/agent-script.ts";
import { findSetUp } from "../../lib/set-up/find.ts";
import { planFor } from "../model/plans.ts";
import { DEMO_REPOSITORIES, missingPrograms } from "./repositories.ts";

const { python } = DEMO_REPOSITORIES;
const isMissing = missingPrograms(python).length > 0;
const PLAIN = { noChanges: false, files: 1, callsOut: false, installs: false, keepsContext: false };

function perform(folder: string, action: ScriptedAction): void {
  if (action.do !== "edit") return;
  const path = join(folder, action.path);
  const before = readFileSync(path, "utf8");
  expect(before.split(action.from)).toHaveLength(2);
  writeFileSync(
    path,
    before.replace(action.from, () => action.to),
  );
}

test.skipIf(isMissing)("what the scripted agent does in Python passes its tests with the set-up alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "porter-hello-python-"));
  try {
    const [repository] = python.seed.repositories;
    for (const [path, text] of Object.entries(repository?.files ?? {})) writeFileSync(join(folder, path), text);
    const plan = planFor(repository?.issues[0]?.title ?? "", PLAIN);
    for (const { action } of plan.steps) perform(folder, action);
    expect(plan.steps.map(({ action }) => action)).toContainEqual(
      expect.objectContaining({ do: "run", command: python.testCommand }),
    );
    const runTests = () => spawnSync("/bin/sh", ["-c", python.testCommand], { cwd: folder }).status;
    expect(runTests()).not.toBe(0);
    const top = Object.keys(repository?.files ?? {});
    const texts = new Map([[".porter.yml", repository?.files[".porter.yml"] ?? null] as const]);
    const { setUp } = findSetUp({ top: new Set(top), texts });
    execFileSync("/bin/bash", ["-e", "-c", setUp.run ?? "exit 1"], { cwd: folder, stdio: "ignore" });
    expect(runTests()).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
