import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { signedInPage } from "@/app/request-context";
import { PageBody } from "@/components/layout/shell";
import { TrpcProvider } from "@/components/layout/trpc-provider";
import { emptyLog } from "@/components/task/log-store";
import { TaskPage } from "@/components/task/task-page";
import { isTerminal } from "@/lib/task";

/** What stands in the first HTML; the rest of a long log comes after it. */
const FIRST_RECORDS = 150;

type Props = { params: Promise<{ id: string }>; searchParams: Promise<Record<string, string | string[] | undefined>> };

/** Asked once a request, by the title and by the page. */
const taskOf = cache(async (id: string) => {
  const { api } = await signedInPage(`/tasks/${encodeURIComponent(id)}`);
  try {
    return { api, task: await api.tasks.get({ id }) };
  } catch (error) {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") return null;
    throw error;
  }
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const found = await taskOf((await params).id);
  return { title: found?.task.issueTitle ?? "Task" };
}

export default async function OneTaskPage({ params, searchParams }: Props) {
  const { id } = await params;
  const found = await taskOf(id);
  if (found === null) notFound();
  const { api, task } = found;
  const attempts = await api.tasks.attempts({ id });
  const given = Number((await searchParams)["attempt"]);
  const pinned = attempts.some(({ attempt }) => attempt === given) ? given : null;
  const attempt = pinned ?? task.attempt;
  const log = await api.tasks
    .log({ id, limit: FIRST_RECORDS, ...(attempt === 0 ? {} : { attempt }) })
    // The task is worth showing without it; its page asks for it once more, and says so when it does not come.
    .catch(() => ({ ...emptyLog(attempt), nextAfter: 0 }));
  const work = isTerminal(task.status) ? await api.tasks.changes({ id }).catch(() => null) : null;
  return (
    <PageBody width="full">
      <TrpcProvider>
        <TaskPage key={`${id} ${pinned ?? ""}`} data={{ task, attempts, log, work }} pinnedAttempt={pinned} />
      </TrpcProvider>
    </PageBody>
  );
}
