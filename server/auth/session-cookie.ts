import { decode } from "next-auth/jwt";
import { z } from "zod";
import type { Actor, AppContext } from "@/server/context";
import { actorOfSession } from "@/server/identity/sign-in";
import { isOperatorToken } from "./operator-token";

/** `__Host-` binds a cookie to this very host and to https; plain http (loopback) cannot set it. */
export function cookieNames(publicUrl: string) {
  const prefix = isSecure(publicUrl) ? "__Host-porter." : "porter.";
  return {
    session: `${prefix}session`,
    callbackUrl: `${prefix}callback-url`,
    csrf: `${prefix}csrf`,
    pkce: `${prefix}pkce`,
    state: `${prefix}state`,
    nonce: `${prefix}nonce`,
  };
}
export const isSecure = (publicUrl: string): boolean => publicUrl.startsWith("https:");

const claims = z.object({ sub: z.string().regex(/^\d+$/).transform(Number), sid: z.string().min(1) });

/** The value of a cookie, or null. The first one wins: a page of a sister path cannot put another one before it. */
export function readCookie(headers: Headers, name: string): string | null {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const cut = pair.indexOf("=");
    if (cut > 0 && pair.slice(0, cut).trim() === name) return pair.slice(cut + 1).trim() || null;
  }
  return null;
}

/** What the request's session cookie says, unchecked against the rows; null when there is none that opens. */
export async function readSessionCookie(
  context: AppContext,
  headers: Headers,
): Promise<{ id: string; userId: number } | null> {
  const name = cookieNames(context.env.PUBLIC_URL).session;
  const token = readCookie(headers, name);
  if (token === null) return null;
  try {
    const parsed = claims.safeParse(await decode({ token, secret: context.env.AUTH_SECRET, salt: name }));
    return parsed.success ? { id: parsed.data.sid, userId: parsed.data.sub } : null;
  } catch {
    // Expired, altered, or of another installation on this host: no difference to us.
    return null;
  }
}

/**
 * Who sends this request: the owner of a live session, an operator's script, or anonymous. The row decides, not the
 * cookie.
 */
export async function currentActor(context: AppContext, headers: Headers): Promise<Actor> {
  if (await isOperatorToken(context, headers)) return { kind: "operator" };
  const session = await readSessionCookie(context, headers);
  return session === null ? { kind: "anonymous" } : actorOfSession(context, session);
}
