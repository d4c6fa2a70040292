// What scripts/check.test.ts plants to prove "Who may import whom".

const RANKS = ["identity", "secrets", "settings", "repositories", "mentions", "tasks"];
/** Each noun of the core and each one above it. */
const UPWARD = RANKS.flatMap((low, rank) => RANKS.slice(rank + 1).map((high): [string, string] => [low, high]));

/** Each line is one cell of "Who may import whom": a file there, and what it must not import. */
export const FORBIDDEN: [file: string, imports: string][] = [
  ["app/planted/page.ts", 'import { value } from "@/server/db/planted-target";'],
  ["app/planted/github.ts", 'import { value } from "@/server/github/planted-target";'],
  ["app/planted/machines.ts", 'import { value } from "@/server/machines/planted-target";'],
  ["app/planted/tasks.ts", 'import { value } from "@/server/tasks/planted-target";'],
  ["app/planted/sql.ts", 'import { sql as value } from "drizzle-orm";'],
  ["components/planted/value.ts", 'import { value } from "@/server/trpc/planted-target";'],
  ["components/planted/type.ts", 'import type { Type as value } from "@/server/tasks/planted-target";'],
  ["lib/planted/server.ts", 'import { value } from "../../server/tasks/planted-target.ts";'],
  ["lib/planted/app.ts", 'import { value } from "../../app/planted/target.ts";'],
  ["lib/planted/node.ts", 'import { readFileSync as value } from "node:fs";'],
  ["server/webhooks/planted-edge.ts", 'import { value } from "@/server/callbacks/planted-target";'],
  ["server/callbacks/planted-rest.ts", 'import { value } from "@/server/rest/planted-target";'],
  ["server/webhooks/planted-db.ts", 'import { value } from "@/server/db/planted-target";'],
  ["server/trpc/planted-sql.ts", 'import { sql as value } from "drizzle-orm";'],
  ["server/entry/worker.ts", 'import { value } from "@/server/db/planted-target";'],
  ["server/tasks/planted-next.ts", 'import { NextResponse as value } from "next/server";'],
  ["server/tasks/planted-trpc.ts", 'import { TRPCError as value } from "@trpc/server";'],
  ["server/tasks/planted-sdk.ts", 'import { request as value } from "@octokit/request";'],
  ["server/tasks/planted-sql.ts", 'import { sql as value } from "drizzle-orm";'],
  ["server/tasks/planted-db.ts", 'import { value } from "@/server/db/planted-target";'],
  ["server/tasks/planted-context.ts", 'import { createContext as value } from "@/server/context";'],
  ["server/tasks/planted-env.ts", 'import type { Env as value } from "@/server/env";'],
  ["server/mentions/planted-edge.ts", 'import { value } from "@/server/webhooks/planted-edge";'],
  ["server/replies/planted-zod.ts", 'import { z as value } from "zod";'],
  ["server/replies/planted-core.ts", 'import { value } from "@/server/tasks/planted-target";'],
  ["server/prompts/planted-node.ts", 'import { createHash as value } from "node:crypto";'],
  ["server/db/planted-github.ts", 'import { value } from "@/server/github/planted-target";'],
  ["server/github/planted-machines.ts", 'import { value } from "@/server/machines/planted-target";'],
  ["server/machines/planted-core.ts", 'import { value } from "@/server/tasks/planted-target";'],
  ["server/github/planted-sql.ts", 'import { sql as value } from "drizzle-orm";'],
  ["server/settings/planted-testing.ts", 'import { value } from "@/server/testing/planted-target";'],
  ["agent-image/planted/server.ts", 'import { value } from "../../server/tasks/planted-target.ts";'],
  ["local/planted/app.ts", 'import { value } from "../../app/planted/target.ts";'],
  ["local/planted/server.test.ts", 'import { value } from "../../server/tasks/planted-target.ts";'],
  ["e2e/planted.ts", 'import { value } from "../server/tasks/planted-target.ts";'],
  ["bench/planted.ts", 'import { value } from "../server/tasks/planted-target.ts";'],
  ["scripts/planted.ts", 'import { value } from "../server/tasks/planted-target.ts";'],
  ...UPWARD.map(([low, high]): [string, string] => [
    `server/${low}/planted-below-${high}.ts`,
    `import type { Type as value } from "@/server/${high}/planted-target";`,
  ]),
  ["server/rows/planted-noun.ts", 'import type { Type as value } from "@/server/identity/planted-target";'],
  ["server/tasks/planted-floor.ts", 'import type { Type as value } from "@/server/tasks/verbs/planted-target";'],
  // Told once for both files.
  ["lib/planted-cycle-back.ts", 'import { used as value } from "./planted-cycle.ts";'],
  // Rooms that import each other by different files, and could each be imported by the other alone.
  ["server/prompts/planted-pair.ts", 'import type { Type as value } from "@/server/replies/planted-target";'],
  ["server/replies/planted-pair.ts", 'import { value } from "@/server/prompts/planted-target";'],
  // With what rest/ may import they make a ring of three rooms, no two of them a pair.
  ["server/trpc/planted-ring.ts", 'import type { Type as value } from "@/server/live/planted-target";'],
  ["server/live/planted-ring.ts", 'import type { Type as value } from "@/server/rest/planted-target";'],
  ["server/tasks/verbs/planted-pair.ts", 'import { value } from "../reconcile/planted-target";'],
  ["server/tasks/reconcile/planted-pair.ts", 'import type { Type as value } from "../verbs/planted-target";'],
];

/** The other half of a cycle: a type alone. */
export const BESIDE: [file: string, imports: string][] = [
  ["lib/planted-cycle.ts", 'import type { Type as value } from "./planted-cycle-back.ts";'],
];

export const ALLOWED: [file: string, imports: string][] = [
  ["components/planted/router.ts", 'import type { Type } from "@/server/trpc/planted-target";'],
  ["server/rest/planted-trpc.ts", 'import { value } from "@/server/trpc/planted-target";'],
  ["server/tasks/planted-store-type.ts", 'import type { Type } from "@/server/db/planted-target";'],
  ["server/tasks/planted.test.ts", 'import { value } from "@/server/testing/planted-target";'],
  ["server/settings/planted-pure.ts", 'import { value } from "@/server/replies/planted-target";'],
  ["server/reconcile/planted-noun.ts", 'import { value } from "@/server/mentions/planted-target";'],
  ["server/tasks/verbs/planted-floor.ts", 'import { value } from "../planted-target";'],
  ["server/tasks/verbs/planted-room.ts", 'import { value } from "../writing/planted-target";'],
  ["e2e/planted-local.ts", 'import { value } from "../local/planted/target.ts";'],
];

export const TARGETS = [
  ...["callbacks", "db", "github", "live", "machines", "prompts", "replies", "rest", "testing", "trpc", ...RANKS].map(
    (room) => `server/${room}/planted-target.ts`,
  ),
  ...["reconcile", "verbs", "writing"].map((room) => `server/tasks/${room}/planted-target.ts`),
  "app/planted/target.ts",
  "local/planted/target.ts",
];
