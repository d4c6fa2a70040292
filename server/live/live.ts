import { describeError, type Logger } from "@/server/log";
import type { LiveHub } from "./live-hub";
import type { Live } from "./port";
import { openSignals } from "./signals";
import { shardOf, type Topic } from "./topics";

const PATIENCE_MS = 1000;

/**
 * `Live` over the hubs. `hubs` undefined: there are none here. `after` keeps the platform from ending the request
 * before a signal is out.
 */
export function createLive(parts: {
  hubs: DurableObjectNamespace<LiveHub> | undefined;
  after: (work: Promise<unknown>) => void;
  log: Logger;
}): Live {
  const { hubs, after, log } = parts;
  if (hubs === undefined) return noopLive;
  const hubOf = (topic: Topic) => hubs.get(hubs.idFromName(shardOf(topic)));
  const asked = async <T>(what: string, work: Promise<T>): Promise<T | null> => {
    try {
      return await within(work);
    } catch (error) {
      log.info("live.hub_failed", { what, error: describeError(error) });
      return null;
    }
  };
  return {
    hasHub: true,
    changed({ userId, taskId, seq }) {
      const topics: Topic[] = [`task:${taskId}`, `user:${userId}`];
      after(Promise.all(topics.map((topic) => asked("publish", hubOf(topic).publish(topic, { seq })))));
    },
    async listen(topic) {
      const url = `https://hub.invalid/?topic=${encodeURIComponent(topic)}`;
      const answer = await asked("listen", hubOf(topic).fetch(url, { headers: { upgrade: "websocket" } }));
      return answer?.webSocket == null ? null : openSignals(answer.webSocket);
    },
    audience(topics) {
      let known = 0;
      const count = async (topic: Topic) => {
        const viewers = await asked("viewers", hubOf(topic).viewers(topic));
        known += viewers ?? 0;
      };
      after(Promise.all(topics.map(count)));
      return () => known;
    },
  };
}

/** Where there is no hub. */
export const noopLive: Live = {
  hasHub: false,
  changed: () => {},
  listen: () => Promise.resolve(null),
  audience: () => () => 0,
};

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
