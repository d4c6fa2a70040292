import { type CallbackReply, type CallbackStats, callPorter } from "./callback-request.ts";

/** With what a machine speaks to Porter. */
export type Credentials = { porterUrl: string; bearer: string; taskId: string; attempt: number; stats: CallbackStats };

export type PorterCall = {
  /** Below `/api/callbacks/`, with its query. */
  path: string;
  body: () => unknown;
  /** Epoch ms; asked before each further try. */
  until: () => number;
  maxAttempts: number;
  timeoutMs?: number;
  signal?: AbortSignal;
};

const TIMEOUT_MS = 10_000;

/** One call to one of Porter's callback endpoints, counted. */
export async function sendPorterCall(
  { porterUrl, bearer, stats }: Credentials,
  call: PorterCall,
): Promise<CallbackReply> {
  return callPorter({
    url: `${porterUrl.replace(/\/+$/, "")}/api/callbacks/${call.path}`,
    bearer,
    body: call.body,
    until: call.until,
    maxAttempts: call.maxAttempts,
    timeoutMs: call.timeoutMs ?? TIMEOUT_MS,
    ...(call.signal ? { signal: call.signal } : {}),
    onAttempt: () => {
      stats.attempts += 1;
    },
    onStatus: (status) => {
      stats.lastHttpCode = status;
    },
  });
}
