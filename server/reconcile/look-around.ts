import type { AppContext } from "@/server/context";
import { reconcileAfterRequest } from "./reconcile";

/** An isolate that found nothing due does not ask again for so long: other isolates, queue and cron do. */
const AGAIN_AFTER_MS = 5000;

/** `reconcileAfterRequest` for the calls of one isolate, which are many: at most once in some seconds while nothing is due. */
export function createLookAround(): (context: AppContext) => Promise<void> {
  let quietUntil = 0;
  return async (context) => {
    const now = context.clock.now().getTime();
    if (now < quietUntil) return;
    // Before it is known: requests that come together ask once.
    quietUntil = now + AGAIN_AFTER_MS;
    if (await reconcileAfterRequest(context)) quietUntil = 0;
  };
}
