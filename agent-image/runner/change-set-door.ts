import type { PartQuery } from "../../lib/change-set-upload.ts";
import { type Credentials, sendPorterCall } from "./porter-call.ts";
import type { ChangeSetDoor } from "./porter.ts";

/** A part has up to 8 MB, and Porter judges a set before it answers. */
const TIMEOUT_MS = 60_000;
/** What ends trying is the time. */
const MOST_TRIES = 1000;

/** Porter's two endpoints for change sets. */
export function openChangeSetDoor(credentials: Credentials): ChangeSetDoor {
  const { taskId, attempt } = credentials;
  const calling = { maxAttempts: MOST_TRIES, timeoutMs: TIMEOUT_MS };
  return {
    part: async ({ set, kind, number, sha256 }, content, time) => {
      const query = { task: taskId, attempt: String(attempt), set: String(set), kind, number: String(number), sha256 };
      const path = `part?${new URLSearchParams(query satisfies Record<keyof PartQuery, string>).toString()}`;
      return sendPorterCall(credentials, { ...calling, ...time, path, body: () => content });
    },
    changes: async (whole, time) =>
      sendPorterCall(credentials, {
        ...calling,
        ...time,
        path: "changes",
        body: () => ({ taskId, attempt, ...whole }),
      }),
  };
}
