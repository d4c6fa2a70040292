"use client";
import { useEffect, useState } from "react";
import type { TaskCounts } from "@/lib/task-pages";
import { createAnnouncements } from "./announcements";
import { connectionNow, listenToConnection } from "./connection";
import { TabSigns } from "./tab-signs";
import type { TaskFeed } from "./task-feed";

/** The one voice for screen readers. */
function Announcer({ feed }: { feed: TaskFeed }) {
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

/** What tells of tasks to those who do not look at the page; loaded after it. */
const Signs = ({ counts, feed }: { counts: TaskCounts; feed: TaskFeed }) => (
  <>
    <TabSigns counts={counts} />
    <Announcer feed={feed} />
  </>
);
export default Signs;
