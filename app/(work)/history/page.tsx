import type { Metadata } from "next";
import { askedList, signedInPage } from "@/app/request-context";
import { HistoryPage } from "@/components/history/history-page";
import { PageBody } from "@/components/layout/shell";
import { type QueryValues, writeFilter } from "@/lib/task-filter";
import { TERMINAL_STATUSES } from "@/lib/task";

export const metadata: Metadata = { title: "History" };

const PAGE_SIZE = 50;

export default async function HistoryRoute({ searchParams }: { searchParams: Promise<QueryValues> }) {
  const { filter, cursor } = await askedList(await searchParams);
  const address = writeFilter(filter);
  const { api, now } = await signedInPage(address === "" ? "/history" : `/history?${address}`);
  const [page, stats] = await Promise.all([
    api.tasks.search({ ...filter, statuses: [...TERMINAL_STATUSES], cursor, limit: PAGE_SIZE }),
    api.tasks.stats(filter),
  ]);
  return (
    <PageBody>
      <HistoryPage filter={filter} page={page} stats={stats} isLater={cursor !== undefined} nowMs={now} />
    </PageBody>
  );
}
