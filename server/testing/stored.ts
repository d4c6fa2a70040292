import { env } from "cloudflare:workers";
import { and, eq } from "drizzle-orm";
import { openDatabase } from "@/server/db/database";
import { logChunks, mentions, taskEvents } from "@/server/db/schema";

// Rows that tests look at and Porter itself reads in other ways.

/** A task's events, oldest first. */
export const eventsOf = (taskId: string) =>
  openDatabase(env.DB).select().from(taskEvents).where(eq(taskEvents.taskId, taskId)).orderBy(taskEvents.seq);

/** Chunks of an attempt's log that are not sealed, in order. */
export const chunksOf = (taskId: string, attempt: number) =>
  openDatabase(env.DB)
    .select()
    .from(logChunks)
    .where(and(eq(logChunks.taskId, taskId), eq(logChunks.attempt, attempt)))
    .orderBy(logChunks.seq);

/** The commands of a comment. */
export const mentionsOf = (repositoryId: number, commentId: number) =>
  openDatabase(env.DB)
    .select()
    .from(mentions)
    .where(and(eq(mentions.repositoryId, repositoryId), eq(mentions.commentId, commentId)));
