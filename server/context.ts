import type { Env } from "@/server/env";
import type { GitHub } from "@/server/github/port";
import type { Logger } from "@/server/log";
import type { FlyApps } from "@/server/machines/fly-apps";
import type { MachineProvider } from "@/server/machines/port";
import type { KeyChecks } from "@/server/providers/port";
import type { Stores } from "@/server/db/stores";
import type { Live } from "@/server/live/port";
import type { ChangeFiles } from "@/server/logs/change-files";
import type { LogStore } from "@/server/logs/log-store";
import type { Sealer } from "@/server/crypto/sealer";
import type { Ids } from "@/server/ids";

/** Who asks. Verbs check it; transports set it. */
export type Actor =
  | { kind: "user"; userId: number; login: string; sessionId: string }
  | { kind: "commenter"; userId: number; login: string }
  | { kind: "system" }
  /** A script with the operator's token (`OPERATOR_TOKEN`). */
  | { kind: "operator" }
  | { kind: "anonymous" };

/** What wants `reconcile`; never state. `mirror`: a user's settings, by the user's id. */
export type WorkItem = { kind: "mention" | "task" | "delivery" | "mirror"; id: string };

/**
 * How often somebody may do what costs Porter and brings nobody anything: be refused (who: an address), sign in (an
 * address), have a key checked (a person). Each question counts; true: that was too often, for the rest of a minute.
 */
export type Limits = { isOver(what: "refused" | "sign_in" | "key_check", who: string): Promise<boolean> };

/** Everything a verb may touch. Built in `compose.ts` for each request, and by tests with fakes at the outside edge. */
export type AppContext = {
  actor: Actor;
  /** By what the signed-in person asks. */
  via: "page" | "api";
  env: Env;
  db: Stores;
  logs: LogStore;
  changeFiles: ChangeFiles;
  github: GitHub;
  machines: MachineProvider;
  flyApps: FlyApps;
  keyChecks: KeyChecks;
  sealer: Sealer;
  clock: { now(): Date };
  ids: Ids;
  log: Logger;
  limits: Limits;
  /** Who watches, and what wakes them. */
  live: Live;
  /** Goes on after the answer, for as long as the platform allows. `work` never rejects. */
  waitUntil(work: Promise<unknown>): void;
  /** Asks the queue to reconcile; never throws (the sweep is the second way). */
  enqueue(work: WorkItem[], delaySeconds?: number): Promise<void>;
};

export const withActor = (context: AppContext, actor: Actor): AppContext => ({ ...context, actor });
