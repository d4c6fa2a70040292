import type { FailureCode } from "@/lib/failures";
import { FlyUnreachableError, isAppName, isSendableToken } from "@/server/machines/fly-client";
import type { FlyAnswer, FlyClient, FlyRequest } from "@/server/machines/fly-client";
import { MachineError } from "@/server/machines/port";
import type { FlyCredentials, MachineFailure } from "@/server/machines/port";

/** Fly allows one request a second and action, three in a burst: without a header, wait a little longer. */
const DEFAULT_RETRY_AFTER_MS = 2000;

/** Fly's placement errors come with several statuses (409, 412, 422, 503); their text is steadier. */
const OUT_OF_ROOM = /insufficient (resources|memory|cpus?|capacity)|could not reserve resource/i;

/** Fly's words when it waits for money or for a card; with an app's name around them they say nothing. */
const BILLING =
  /(?<![\w-])(?:payments? (?:methods?|information|details|required|failed)|(?:credit|debit|bank) cards?|card on file|credits|billing|past[- ]due|overdue|unpaid|delinquent|outstanding (?:balance|invoices?)|(?:spend(?:ing)?|budget) (?:limit|cap)|free trial|trial (?:has|is|period|account|plan|ended|expired)|high[- ]risk)(?![\w-])/i;
/** A registry's and Fly's words for an image that is not there, or not for this app to have. */
const IMAGE =
  /(?<![\w-])(?:manifest(?:_unknown)?|pull access denied|name unknown|not known to registry|(?:pull|resolve|fetch|find|get|load)\w* (?:the )?(?:image|reference)|requested access to the resource is denied|registry\.[\w.-]+\/v2\/\S+|(?:not found|unknown): image|image\b.*\b(?:pull\w*|resolve\w*|not found|unknown|denied|unauthori[sz]ed|invalid|not exist))(?![\w-])/i;
/** These say themselves what they mean, whatever their text. */
const SELF_EVIDENT: readonly number[] = [401, 408, 429];

/** A refusal that is neither the request's nor the app's fault; null: another one. */
function refusalByWords({ status, errorText }: FlyAnswer): FailureCode | null {
  if (status < 400 || status >= 500 || SELF_EVIDENT.includes(status)) return null;
  if (status === 402 || BILLING.test(errorText)) return "fly_billing";
  return IMAGE.test(errorText) ? "image_unavailable" : null;
}

/** What an answer means for any call. A caller that knows more about a status looks at it first. */
export function failureOf(answer: FlyAnswer): MachineFailure {
  const message = `Fly: ${answer.errorText}`;
  if (answer.errorStatus === "insufficient_capacity" || OUT_OF_ROOM.test(answer.errorText))
    return { kind: "capacity", message };
  const failureCode = refusalByWords(answer);
  if (failureCode !== null) return { kind: "rejected", failureCode, message };
  switch (answer.status) {
    case 401:
      return { kind: "rejected", failureCode: "fly_auth", message };
    case 403:
    case 404:
      return { kind: "rejected", failureCode: "fly_app_missing", message };
    case 412:
      return { kind: "capacity", message };
    case 429:
      return { kind: "rate_limited", retryAfterMs: answer.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS, message };
    case 400:
    case 413:
    case 422:
      return { kind: "rejected", failureCode: "machine_rejected", message };
    default:
      return { kind: "unavailable", message };
  }
}

/** Refuses, without a request, what Fly could only refuse or misread. */
export function requireSendable(credentials: FlyCredentials): void {
  if (!isSendableToken(credentials.token)) {
    throw new MachineError({
      kind: "rejected",
      failureCode: "fly_auth",
      message: "Fly: the token is empty or has characters that no token has",
    });
  }
  if (!isAppName(credentials.app)) {
    throw new MachineError({
      kind: "rejected",
      failureCode: "fly_app_missing",
      message: "Fly: this is not an app name",
    });
  }
}

/** For calls that are safe to repeat: no answer is `unavailable`. */
export async function sendToFly(
  client: FlyClient,
  credentials: FlyCredentials,
  request: FlyRequest,
): Promise<FlyAnswer> {
  requireSendable(credentials);
  try {
    return await client(credentials, request);
  } catch (cause) {
    if (!(cause instanceof FlyUnreachableError)) throw cause;
    throw new MachineError({ kind: "unavailable", message: `Fly: ${cause.message}` }, cause);
  }
}
