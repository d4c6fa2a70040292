"use client";
import type { TaskCounts } from "@/lib/task-pages";
import { Announcer } from "./announcer";
import { TabSigns } from "./tab-signs";
import type { TaskFeed } from "./task-feed";

/** What tells of tasks to those who do not look at the page; loaded after it. */
const Signs = ({ counts, feed }: { counts: TaskCounts; feed: TaskFeed }) => (
  <>
    <TabSigns counts={counts} />
    <Announcer feed={feed} />
  </>
);
export default Signs;
