"use client";
import { useEffect, useState } from "react";
import { isTerminal } from "@/lib/task";
import { stateOf, type TaskState } from "@/lib/task-state";
import { connectionNow, listenToConnection } from "./connection";
import type { TaskFeed } from "./task-feed";

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

/**
 * The one voice for screen readers: ends and failures, several in one sentence, and the connection when it is lost and
 * found again; never progress.
 */
export function Announcer({ feed }: { feed: TaskFeed }) {
  const [words, setWords] = useState("");
  useEffect(() => {
    let wasLost = false;
    return listenToConnection(() => {
      const connection = connectionNow();
      if (connection === "signed_out") setWords("Signed out: this page stands still");
      if (connection === "lost") setWords("Connection lost. This page goes on by itself when it is back.");
      if (connection === "live" && wasLost) setWords("Connected again");
      if (connection === "lost" || connection === "live") wasLost = connection === "lost";
    });
  }, []);
  useEffect(() => {
    const since = Date.now() - RECENT_MS;
    const states = new Map<string, TaskState>();
    const news = new Map<string, TaskState>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const say = () => {
      timer = undefined;
      const counts = Map.groupBy(news.values(), (state) => state);
      setWords(
        [...counts]
          .flatMap(([state, { length }]) => {
            const phrase = WORDS[state]?.[length === 1 ? 0 : 1];
            return phrase === undefined ? [] : [`${length} ${phrase}`];
          })
          .join(", "),
      );
      news.clear();
    };
    const unlisten = feed.listen((rows) => {
      for (const row of rows) {
        const state = stateOf(row);
        const known = states.get(row.id);
        const isOld = known === undefined && Date.parse(row.completedAt ?? "") < since;
        const isNews = known !== state && !isOld && (isTerminal(row.status) || state === "blocked");
        states.set(row.id, state);
        if (isNews) news.set(row.id, state);
      }
      if (news.size > 0) timer ??= setTimeout(say, COLLECT_MS);
    });
    return () => {
      clearTimeout(timer);
      unlisten();
    };
  }, [feed]);
  return <output className="sr-only">{words}</output>;
}
