import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes longest, of each project. A name that is gone does no harm. */
const SLOWEST = [
  "agent-image/runner/runner-life.test.ts",
  "agent-image/runner/runner-hostile.test.ts",
  "agent-image/runner/hand-over.test.ts",
  "agent-image/runner/set-up/set-up.test.ts",
  "agent-image/runner/agents/real-clis.test.ts",
  "scripts/setup/setup.test.ts",
  "scripts/setup/refusals.test.ts",
  "agent-image/runner/collect/pack-change-set.test.ts",
  "agent-image/runner/collect/collect-table.test.ts",
  "scripts/check.test.ts",
  "local/github/rules.test.ts",
  "server/testing/faults/faults.workers.test.ts",
  "server/tasks/verbs/doors.workers.test.ts",
  "server/testing/faults/seeds.workers.test.ts",
  "server/tasks/reconcile/waiting.workers.test.ts",
];

/**
 * Begins with what takes longest, so that nothing is waited for alone at the end. In a clean clone Vitest has only the
 * files' sizes to guess from.
 */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = SLOWEST.findIndex((path) => moduleId.endsWith(`/${path}`));
      return rank === -1 ? SLOWEST.length : rank;
    };
    const byProject = Map.groupBy(await super.sort(files), ({ project }) => project.name);
    return [...byProject.values()].flatMap((own) => own.toSorted((one, other) => rankOf(one) - rankOf(other)));
  }
}
