import { clientOf } from "@/lib/client-address";
import type { AppContext } from "@/server/context";
import { tooManyRequests } from "@/server/http-errors";

const BEARER = /^Bearer (\S{32,500})$/;

/** Whether a request has the operator's token. Compares digests, so that the time tells nothing of the token. */
export async function isOperatorToken({ env }: AppContext, headers: Headers): Promise<boolean> {
  const given = BEARER.exec(headers.get("authorization") ?? "")?.[1];
  if (env.OPERATOR_TOKEN === undefined || given === undefined) return false;
  const digest = (text: string) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  const [wanted, shown] = await Promise.all([digest(env.OPERATOR_TOKEN), digest(given)]);
  const [a, b] = [new Uint8Array(wanted), new Uint8Array(shown)];
  return a.reduce((difference, byte, index) => difference | (byte ^ (b[index] ?? 0)), 0) === 0;
}

/** 429 for whoever tries one wrong token after the other; null for everybody else, and always for the right one. */
export async function refuseWrongOperator(context: AppContext, headers: Headers): Promise<Response | null> {
  if (!/^Bearer\b/i.test(headers.get("authorization") ?? "") || (await isOperatorToken(context, headers))) return null;
  if (!(await context.limits.isOver("refused", clientOf(headers)))) return null;
  const { body, headers: told } = tooManyRequests(
    "Too many tokens from your address were wrong. Try again in a minute.",
  );
  return Response.json(body, { status: 429, headers: told });
}
