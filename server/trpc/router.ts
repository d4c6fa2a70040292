import type { AnyTRPCProcedure } from "@trpc/server";
import { z } from "zod";
import { createCallerFactory, mergeRouters, type ProcedureMeta, router } from "./init";
import { accountRouter, sessionRouter } from "./routers/account";
import { configRouter } from "./routers/config";
import { credentialsRouter } from "./routers/credentials";
import { githubRouter } from "./routers/github";
import { liveRouter } from "./routers/live";
import { operatorRouter } from "./routers/operator";
import { repositoriesRouter } from "./routers/repositories";
import { taskPagesRouter } from "./routers/task-pages";
import { tasksRouter } from "./routers/tasks";
import { workRouter } from "./routers/work";

/** The whole API. REST serves the procedures with an `openapi` path (server/rest). */
export const appRouter = router({
  account: accountRouter,
  config: mergeRouters(configRouter, credentialsRouter),
  github: githubRouter,
  live: liveRouter,
  operator: operatorRouter,
  repositories: repositoriesRouter,
  session: sessionRouter,
  tasks: mergeRouters(tasksRouter, taskPagesRouter, workRouter),
});
export type AppRouter = typeof appRouter;

/** For pages: the same procedures and checks without a network. */
export const createCaller = createCallerFactory(appRouter);

// Flat at run time (`tasks.list`); its type is nested.
const flat: Record<string, unknown> = appRouter._def.procedures;

export type ListedProcedure = {
  name: string;
  type: "query" | "mutation" | "subscription";
  meta: ProcedureMeta;
  input: z.ZodType | null;
  output: z.ZodType | null;
};

/** What tRPC keeps of a procedure besides what its types tell. */
type Parsers = { inputs?: unknown[]; output?: unknown };
const schemaOf = (parser: unknown): z.ZodType | null => (parser instanceof z.ZodType ? parser : null);

/** Every procedure by its dotted name, for REST's paths and for tests that must miss none. */
export const PROCEDURES: ListedProcedure[] = Object.entries(flat).map(([name, procedure]) => {
  const { type, meta, inputs, output } = (procedure as AnyTRPCProcedure)._def as AnyTRPCProcedure["_def"] & Parsers;
  return {
    name,
    type,
    meta: (meta ?? {}) as ProcedureMeta,
    input: schemaOf(inputs?.[0]),
    output: schemaOf(output),
  };
});
