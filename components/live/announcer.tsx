"use client";
import { useEffect, useState } from "react";
import { createAnnouncements } from "./announcements";
import { connectionNow, listenToConnection } from "./connection";
import type { TaskFeed } from "./task-feed";

/** The one voice for screen readers. */
export function Announcer({ feed }: { feed: TaskFeed }) {
  const [words, setWords] = useState("");
  useEffect(() => {
    const announcements = createAnnouncements(setWords);
    const ends = [
      listenToConnection(() => announcements.connection(connectionNow())),
      feed.listen(announcements.take),
      announcements.close,
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [feed]);
  return <output className="sr-only">{words}</output>;
}
