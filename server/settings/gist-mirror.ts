import { tryJson } from "@/lib/json";
import { type GistMirrorStatus, gistMirrorStatusSchema } from "@/lib/porter-config";
import type { AppContext } from "@/server/context";
import type { SettingsRow } from "@/server/db/settings-store";
import { AppError } from "@/server/errors";
import { GitHubError } from "@/server/github/port";
import { withUserToken } from "@/server/identity/user-token";
import { describeError } from "@/server/log";
import { loadConfig } from "./run-settings";
import { reconnectFix } from "@/lib/fix";

const FILE = "porter-settings.json";
const DESCRIPTION = "Settings of Porter, a mirror without secrets";
const NO_PERMISSION =
  "GitHub does not let Porter write gists: the GitHub App needs the account permission Gists (read and write), a classic OAuth app the scope gist.";

/** Rows of an older Porter say in words what to do. */
const rowSchema = gistMirrorStatusSchema.extend({ fix: gistMirrorStatusSchema.shape.fix.catch(null) });

/** How the last try ended, as it is stored beside the settings; null: there was none. */
export function mirrorStatus(row: SettingsRow | null): GistMirrorStatus | null {
  if (row?.mirrorResult == null) return null;
  return tryJson(rowSchema, row.mirrorResult) ?? null;
}

/**
 * Writes the user's settings, which hold no secrets, into a secret gist of their own (best
 * effort, never needed). Runs behind the save, from the queue; how it ended is a row. Never throws for GitHub's sake.
 */
export async function mirrorSettings(context: AppContext, userId: number): Promise<void> {
  const { config, row } = await loadConfig(context, userId);
  if (row === null || !config.gistMirror) return;
  const content = `${JSON.stringify(config, null, 2)}\n`;
  const note = (mirrorGistId: string | null, result: Omit<GistMirrorStatus, "at">) =>
    context.db.settings.noteMirror(userId, {
      mirrorGistId,
      mirrorResult: JSON.stringify({ at: context.clock.now().toISOString(), ...result }),
    });
  try {
    const gist = await withUserToken(context, userId, async (token) => {
      const user = context.github.user(token);
      const file = { description: DESCRIPTION, filename: FILE, content };
      // The user may have deleted it: then a new one is made, once.
      return (await user.putGist({ id: row.mirrorGistId, ...file })) ?? user.putGist({ id: null, ...file });
    });
    if (gist === null) throw new AppError("unavailable", "GitHub made no gist.");
    await note(gist.id, { ok: true, message: "The mirror is up to date.", fix: null, url: gist.url });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    context.log.warn("gist_mirror.failed", { userId, error: describeError(error.cause ?? error) });
    const isForbidden = error.cause instanceof GitHubError && error.cause.failure.kind === "lost";
    await note(row.mirrorGistId, {
      ok: false,
      message: isForbidden ? NO_PERMISSION : error.message,
      fix: isForbidden ? reconnectFix("&with=gist") : (error.fix ?? null),
      url: null,
    });
  }
}
