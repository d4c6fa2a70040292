import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import { expect, it } from "vitest";
import { describeError } from "@/server/log";
import { openDatabase } from "./database";

it("a statement that fails says why, and nothing of its values", async () => {
  const nowhere = sqliteTable("nowhere", { said: text("said") });
  const db = openDatabase(env.DB);
  const failed = db.select().from(nowhere).where(eq(nowhere.said, "what somebody wrote"));
  const told = await failed.then(String, describeError);
  expect(told).toContain("no such table: nowhere");
  expect(told).not.toContain("what somebody wrote");
});
