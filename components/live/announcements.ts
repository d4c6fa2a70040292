import type { TaskRowView } from "@/lib/live";
import { isTerminal } from "@/lib/task";
import { stateOf, type TaskState } from "@/lib/task-state";
import type { Connection } from "./connection";

const COLLECT_MS = 3000;

const WORDS: Partial<Record<TaskState, [one: string, many: string]>> = {
  done: ["task is done", "tasks are done"],
  no_changes: ["task found nothing to change", "tasks found nothing to change"],
  asks: ["task asks you something", "tasks ask you something"],
  failed: ["task failed", "tasks failed"],
  timed_out: ["task timed out", "tasks timed out"],
  blocked: ["task needs you", "tasks need you"],
};

/** What ended earlier than this before the page was there is no news, though something about it may still change. */
const RECENT_MS = 60_000;

const sentenceOf = (states: Iterable<TaskState>): string =>
  [...Map.groupBy(states, (state) => state)]
    .flatMap(([state, { length }]) => {
      const phrase = WORDS[state]?.[length === 1 ? 0 : 1];
      return phrase === undefined ? [] : [`${length} ${phrase}`];
    })
    .join(", ");

export type Announcements = {
  connection: (now: Connection) => void;
  take: (rows: readonly TaskRowView[]) => void;
  close: () => void;
};

/** Ends and failures, several in one sentence, and the connection when it is lost and found again; never progress. */
export function createAnnouncements(say: (words: string) => void): Announcements {
  const since = Date.now() - RECENT_MS;
  const states = new Map<string, TaskState>();
  const news = new Map<string, TaskState>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasLost = false;
  const sayNews = () => {
    timer = undefined;
    if (news.size > 0) say(sentenceOf(news.values()));
    news.clear();
  };
  return {
    connection(now) {
      if (now === "signed_out") say("Signed out: this page stands still");
      if (now === "lost") say("Connection lost. This page goes on by itself when it is back.");
      if (now === "live" && wasLost) say("Connected again");
      if (now === "lost" || now === "live") wasLost = now === "lost";
    },
    take(rows) {
      for (const row of rows) {
        const state = stateOf(row);
        const known = states.get(row.id);
        const isOld = known === undefined && Date.parse(row.completedAt ?? "") < since;
        const isNews = known !== state && !isOld && (isTerminal(row.status) || state === "blocked");
        states.set(row.id, state);
        if (isNews) news.set(row.id, state);
        // It goes on before its end was said.
        else if (known !== state) news.delete(row.id);
      }
      if (news.size > 0) timer ??= setTimeout(sayNews, COLLECT_MS);
    },
    close: () => clearTimeout(timer),
  };
}
