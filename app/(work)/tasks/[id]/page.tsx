import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { signedInPage } from "@/app/request-context";
import { PageBody } from "@/components/layout/shell";
import { TaskDetail } from "@/components/tasks/task-detail";

export const metadata: Metadata = { title: "Task" };

export default async function TaskPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { api } = await signedInPage(`/tasks/${encodeURIComponent(id)}`);
  const task = await api.tasks.get({ id }).catch((error: unknown) => {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
    throw error;
  });
  return (
    <PageBody>
      <TaskDetail initial={task} />
    </PageBody>
  );
}
