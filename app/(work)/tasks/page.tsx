import type { Metadata } from "next";
import { signedInPage } from "@/app/request-context";
import { PageBody } from "@/components/layout/shell";
import { TaskList } from "@/components/tasks/task-list";

export const metadata: Metadata = { title: "Tasks" };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function TasksPage({ searchParams }: { searchParams: Query }) {
  const given = (await searchParams)["cursor"];
  const cursor = typeof given === "string" ? given : undefined;
  const path = cursor === undefined ? "/tasks" : `/tasks?cursor=${encodeURIComponent(cursor)}`;
  const { api } = await signedInPage(path);
  const initial = await api.tasks.list({ cursor });
  return (
    <PageBody>
      <h1 className="mb-4 text-xl font-semibold">Tasks</h1>
      <TaskList key={cursor ?? ""} initial={initial} cursor={cursor} />
    </PageBody>
  );
}
