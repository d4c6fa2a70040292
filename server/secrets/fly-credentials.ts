import type { AppContext } from "@/server/context";
import { orUnreadable } from "./readable";
import { cleanSecret, FLY_TOKEN, openSecrets, type SecretChange } from "./user-secrets";

/** Checks a wanted Fly token as `providerKeyChanges` does. */
export function flyTokenChanges(token: string | null): SecretChange[] {
  if (token === "") return [];
  return [{ ...FLY_TOKEN, value: token === null ? null : cleanSecret(token, "flyToken", "fly") }];
}

/**
 * The user's Fly token alone, for machines whose app their attempt names: settings may be gone or unreadable while a
 * machine has to end. Null when it is missing or does not open.
 */
export async function openFlyToken(context: AppContext, userId: number): Promise<string | null> {
  const opened = await orUnreadable(context, userId, openSecrets(context, userId, [FLY_TOKEN.name]));
  return opened?.[FLY_TOKEN.name] ?? null;
}
