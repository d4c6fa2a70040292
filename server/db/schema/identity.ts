import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** Columns of one sealed value (AES-256-GCM, AAD = table | row | user | field | key version). */
export const sealedColumns = {
  encryptedValue: text("encrypted_value").notNull(),
  iv: text("iv").notNull(),
  tag: text("tag").notNull(),
  alg: text("alg").notNull(),
  keyVersion: integer("key_version").notNull(),
};

/** `id` is the numeric GitHub user id: logins change, ids do not. */
export const users = sqliteTable(
  "users",
  {
    id: integer("id").primaryKey(),
    login: text("login").notNull(),
    normalizedLogin: text("normalized_login").notNull(),
    name: text("name"),
    avatarUrl: text("avatar_url"),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [index("users_normalized_login").on(t.normalizedLogin)],
);

export const userSettings = sqliteTable("user_settings", {
  userId: integer("user_id").primaryKey(),
  version: text("version").notNull(),
  /** Non-secret settings, JSON (lib/porter-config.ts). */
  config: text("config").notNull(),
  revision: integer("revision").notNull(),
  updatedAt: text("updated_at").notNull(),
  /** What the last save changed, JSON; its audit line is made of it. */
  lastChange: text("last_change"),
  // The gist mirror: where it is, and how its last try ended (JSON).
  mirrorGistId: text("mirror_gist_id"),
  mirrorResult: text("mirror_result"),
});

export const userSecrets = sqliteTable(
  "user_secrets",
  {
    id: text("id").primaryKey(),
    userId: integer("user_id").notNull(),
    provider: text("provider").notNull(),
    /** Environment name, e.g. `ANTHROPIC_API_KEY`. */
    name: text("name").notNull(),
    ...sealedColumns,
    lastFour: text("last_four").notNull(),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
    lastUsedAt: text("last_used_at"),
    verifiedAt: text("verified_at"),
    /** `valid`, `unverified`, or a reason such as `invalid_key`. */
    verification: text("verification").notNull().default("unverified"),
    /** Newest model of each family that the key can see, JSON (lib/model-family.ts); null: not known. */
    models: text("models"),
    modelsAskedAt: text("models_asked_at"),
    /** Of the Fly token: whose network the app is in that was looked at with it, JSON (lib/fly-network.ts). */
    flyNetwork: text("fly_network"),
  },
  (t) => [
    uniqueIndex("user_secrets_user_provider_name").on(t.userId, t.provider, t.name),
    index("user_secrets_key_version").on(t.keyVersion),
    index("user_secrets_models").on(
      t.provider, // Without a comma: drizzle-kit takes one for the end of a column.
      sql`CASE WHEN ${t.modelsAskedAt} IS NULL THEN ${t.updatedAt} ELSE ${t.modelsAskedAt} END`,
    ),
  ],
);

/** Found by numeric id and by normalised login. `kind`: access | refresh. */
export const userOauthTokens = sqliteTable(
  "user_oauth_tokens",
  {
    githubUserId: integer("github_user_id").notNull(),
    kind: text("kind", { enum: ["access", "refresh"] }).notNull(),
    normalizedLogin: text("normalized_login").notNull(),
    ...sealedColumns,
    scope: text("scope"),
    expiresAt: text("expires_at"),
    /** Set when GitHub refused the token: the user must reconnect. */
    revokedAt: text("revoked_at"),
    // Who renews the tokens, and until when nobody else does; on the refresh row only.
    refreshOwner: text("refresh_owner"),
    refreshUntil: text("refresh_until"),
    createdAt: text("created_at").notNull(),
    updatedAt: text("updated_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.githubUserId, t.kind] }),
    index("user_oauth_tokens_login").on(t.normalizedLogin, t.kind),
    index("user_oauth_tokens_key_version").on(t.keyVersion),
  ],
);

/** A signed-in browser. The cookie's JWT names the row; ending the row ends the session. */
export const sessions = sqliteTable(
  "sessions",
  {
    id: text("id").primaryKey(),
    userId: integer("user_id").notNull(),
    userAgent: text("user_agent"),
    createdAt: text("created_at").notNull(),
    lastSeenAt: text("last_seen_at").notNull(),
    expiresAt: text("expires_at").notNull(),
    endedAt: text("ended_at"),
  },
  (t) => [index("sessions_user").on(t.userId, t.createdAt), index("sessions_expiry").on(t.expiresAt)],
);

/** The release before wrote its lines here; drizzle/later drops it. */
export const auditLog = sqliteTable(
  "audit_log",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    at: text("at").notNull(),
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    subject: text("subject").notNull(),
    userId: integer("user_id"),
    detail: text("detail"),
  },
  (t) => [index("audit_log_user").on(t.userId, t.id)],
);

/** Installation tokens for Porter's own calls, cached encrypted an installation. */
export const installationTokens = sqliteTable("installation_tokens", {
  installationId: integer("installation_id").primaryKey(),
  ...sealedColumns,
  expiresAt: text("expires_at").notNull(),
  /** GitHub's limits, kept an installation: nothing is written to it before this instant. */
  limitedUntil: text("limited_until"),
});
