import { z } from "zod";
import { CHANGE_SET_LIMITS, type Manifest } from "@/lib/change-set";
import { type ChangesAnswer, type ChangesRequest, changesRequestSchema } from "@/lib/change-set-upload";
import { tryJson } from "@/lib/json";
import type { AppContext } from "@/server/context";
import type { AttemptRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { judgeForMachine } from "@/server/tasks/change-set/judged-set";
import { storeSet } from "@/server/tasks/change-set/store-set";
import { textOf } from "./authenticate";
import { withMemory } from "./with-memory";

/** `most`: so many bytes are read. `attemptOf`: the caller's attempt, if it is the one that the body names. */
type Sent = {
  request: Request;
  most: number;
  attemptOf(request: Pick<ChangesRequest, "taskId" | "attempt">): Promise<AttemptRow>;
};

const busy = () => new AppError("unavailable", "Porter takes other work just now; send this again.");

/** `POST /api/callbacks/changes`: makes a set whole, which keeps the work, and then judges it. @throws AppError */
export async function receiveChanges(context: AppContext, { request, most, attemptOf }: Sent): Promise<ChangesAnswer> {
  const now = context.clock.now().getTime();
  const whole = await withMemory(3 * most, now, async () => {
    const text = await textOf(request, most);
    const changes = parse(text);
    const attempt = await attemptOf(changes);
    return { row: await storeSet(context, attempt, { request: changes, text }), bytes: bytesToJudge(changes.manifest) };
  });
  if (whole === null) throw busy();
  const leaveOut = await withMemory(whole.bytes, now, () => judgeForMachine(context, whole.row));
  if (leaveOut === null) throw busy();
  return { leaveOut };
}

/** A part sealed and open, and the largest file with its text. */
function bytesToJudge(manifest: Manifest | null): number {
  const largest = Math.max(0, ...(manifest?.blobs ?? []).map(({ size }) => size));
  return 2 * CHANGE_SET_LIMITS.partBytes + 2 * largest;
}

function parse(text: string): ChangesRequest {
  const parsed = changesRequestSchema.safeParse(tryJson(z.unknown(), text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join(".") || "body";
  throw new AppError("bad_request", `${field}: ${issue?.message ?? "malformed"}`, { field });
}
