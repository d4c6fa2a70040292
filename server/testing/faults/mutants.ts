import type { RepositoryPermission } from "@/server/github/port";

/**
 * One guard taken out, without production code knowing: statements are rewritten on their way to the database. The
 * test of the test: the checker must see what each guard is for.
 */
export type Mutant = {
  name: MutantName;
  rewrite: (sql: string) => string;
  /** What Porter takes GitHub's answer about somebody's permission for. */
  hear: (said: RepositoryPermission) => RepositoryPermission;
  /** Patterns that no statement matched: a guard that was never met was never taken out. */
  unmet: () => string[];
};

type Guard = { pattern: RegExp; without: string };

const GUARDS = {
  /** The count of running tasks inside of the claiming statement. */
  "slot-limit": [{ pattern: /<= 5(\) returning "version")/, without: "<= 500$1" }],
  /** A delivery id counts once. */
  "delivery-claim": [
    {
      pattern: /^insert into "deliveries" ([\s\S]*) on conflict [\s\S]* do nothing/,
      without: 'insert or replace into "deliveries" $1',
    },
  ],
  /** What was decided for one attempt is not done to another one. */
  "attempt-fence": [
    {
      pattern: /"tasks"."attempt" = \?( and \("tasks"."move_id" IS NOT \?)/,
      without: '("tasks"."attempt" = ? OR 1)$1',
    },
    {
      pattern:
        /(^update "tasks" set [\s\S]* where \("tasks"."id" = \? and )"tasks"."attempt" = \?( and "tasks"."status" = \?)/,
      without: '$1("tasks"."attempt" = ? OR 1)$2',
    },
  ],
  /** An end is final. */
  "terminal-guard": [
    {
      pattern: /(^update "tasks" set [\s\S]* and )("tasks"."status" in \([?, ]+\))/,
      without: `$1($2 OR "tasks"."status" IN ('failed', 'timed_out', 'success'))`,
    },
  ],
  /** What GitHub was told is what was true when it was read, not what is true when it is noted. */
  "report-ordering": [
    {
      pattern: /(^update "tasks" set [\s\S]*)"reported_version" = \?/,
      without: '$1"reported_version" = max(?, "version")',
    },
  ],
  /** Batches of progress count in their order. */
  "progress-ordering": [
    {
      pattern: /"task_attempts"."log_seq" = \?( and "task_attempts"."ended_at" is null)/,
      without: '("task_attempts"."log_seq" = ? OR 1)$1',
    },
  ],
  /** No statement: whoever GitHub says no to is taken for somebody who may write. */
  gate: [],
} as const satisfies Record<string, readonly Guard[]>;

export type MutantName = keyof typeof GUARDS;
export const MUTANTS = Object.keys(GUARDS) as [MutantName, ...MutantName[]];

export function createMutant(name: MutantName): Mutant {
  const guards: readonly Guard[] = GUARDS[name];
  const met = new Set<Guard>();
  let isDeaf = false;
  return {
    name,
    unmet: () => [
      ...guards.filter((guard) => !met.has(guard)).map(({ pattern }) => pattern.source),
      ...(name === "gate" && !isDeaf ? ["a permission that was refused"] : []),
    ],
    hear(said) {
      if (name !== "gate" || said === "write") return said;
      isDeaf = true;
      return "write";
    },
    rewrite(sql) {
      const guard = guards.find(({ pattern }) => pattern.test(sql));
      if (guard === undefined) return sql;
      met.add(guard);
      return sql.replace(guard.pattern, guard.without);
    },
  };
}
