import type { Metadata } from "next";
import { askedList, pageCounts, signedInPage } from "@/app/request-context";
import { PageBody } from "@/components/layout/shell";
import type { BoardData } from "@/components/tasks/board";
import { TaskBoard } from "@/components/tasks/task-board";
import { type QueryValues, writeFilter } from "@/lib/task-filter";
import { SECTIONS } from "@/lib/task-state";

export const metadata: Metadata = { title: "Tasks" };

/** What runs and waits is shown whole, what has ended by pages. */
const PAGE_SIZES = { attention: 25, running: 50, queued: 50, done: 40 };
const LONG_PAGE = 100;

export default async function TasksPage({ searchParams }: { searchParams: Promise<QueryValues> }) {
  const { filter, cursor: given } = await askedList(await searchParams);
  const cursor = filter.section === undefined ? undefined : given;
  const address = writeFilter(filter);
  const { api } = await signedInPage(address === "" ? "/tasks" : `/tasks?${address}`);
  const { section } = filter;
  const { seq } = await pageCounts();
  const lists = await Promise.all(
    (section === undefined ? SECTIONS : [section]).map(async (one) => ({
      section: one,
      page: await api.tasks.search({
        ...filter,
        section: one,
        cursor,
        limit: section === undefined ? PAGE_SIZES[one] : LONG_PAGE,
      }),
    })),
  );
  const data: BoardData = { lists, filter, isLater: cursor !== undefined, address: `${address} ${cursor ?? ""}`, seq };
  return (
    <PageBody>
      <TaskBoard data={data} />
    </PageBody>
  );
}
