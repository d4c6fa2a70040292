import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** What an attempt handed over of its work, and what became of it. Contents lie in R2, sealed with the row's own key. */
export const changeSets = sqliteTable(
  "change_sets",
  {
    taskId: text("task_id").notNull(),
    attempt: integer("attempt").notNull(),
    number: integer("number").notNull(),
    userId: integer("user_id").notNull(),

    // The key of its files, sealed. Gone with them: what a lost deletion leaves in R2 does not open any more.
    dataKeyValue: text("data_key_value"),
    dataKeyIv: text("data_key_iv"),
    dataKeyTag: text("data_key_tag"),
    dataKeyKeyVersion: integer("data_key_key_version"),

    // Parts that are there, JSON `SetPart[]` (lib/change-set.ts), and their bytes in all.
    contentParts: text("content_parts").notNull().default("[]"),
    bundleParts: text("bundle_parts").notNull().default("[]"),
    patchParts: text("patch_parts").notNull().default("[]"),
    bytes: integer("bytes").notNull().default(0),

    /** When the manifest came; null: more is to come, and nothing below is known. */
    wholeAt: text("whole_at"),
    /** HMAC of the body that made it whole, to know a repeat. */
    requestHash: text("request_hash"),
    /** `bundle`: Porter does not write it (`whyBundle`), the work is for download alone. */
    content: text("content", { enum: ["files", "bundle"] }),
    /** JSON (lib/change-set-judgement.ts). */
    whyBundle: text("why_bundle"),
    /** The commit that it stands on, and the tree that the last commit makes. */
    base: text("base"),
    tree: text("tree"),
    commits: integer("commits"),
    /** Paths that differ from the base in the end. */
    files: integer("files"),
    /** The machine's and, once it is judged, Porter's; JSON `HeldBack[]` (lib/held-back.ts). */
    heldBack: text("held_back"),
    /** JSON (lib/change-set-judgement.ts); null: nobody has judged it yet, and nothing of it may be written. */
    judgement: text("judgement"),

    // What became of it on GitHub.
    writtenBranch: text("written_branch"),
    writtenHead: text("written_head"),
    /** Whether GitHub's answer says that the last commit is verified. */
    verified: integer("verified", { mode: "boolean" }),
    /** How far the writing is, JSON. */
    writeProgress: text("write_progress"),
    /** Why it is not on GitHub, JSON. */
    refusal: text("refusal"),

    expiresAt: text("expires_at").notNull(),
    /** When its files were deleted. */
    removedAt: text("removed_at"),
    createdAt: text("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.taskId, t.attempt, t.number] }),
    index("change_sets_user").on(t.userId),
    index("change_sets_expiry")
      .on(t.expiresAt)
      .where(sql`removed_at IS NULL`),
    index("change_sets_key_version")
      .on(t.dataKeyKeyVersion)
      .where(sql`data_key_value IS NOT NULL`),
  ],
);
