import Link from "next/link";
import { Notice } from "@/components/ui/notice";
import type { TaskView } from "@/lib/task-view";

/** Why it failed or waits, in one sentence, and the way out. Nothing for a task without a reason. */
export function Failure({ task }: { task: TaskView }) {
  const { explanation } = task;
  if (explanation === undefined) return null;
  const sentence =
    task.stoppedBy === undefined
      ? explanation.sentence
      : `${explanation.sentence.replace(/\.$/, "")} by ${task.stoppedBy}.`;
  const calm =
    task.failureCode === "no_changes" || task.failureCode === "stopped_by_user" || task.failureCode === "issue_closed";
  const tone = task.status === "queued" ? "waiting" : calm ? "neutral" : "bad";
  return (
    <Notice tone={tone} className="">
      <p>
        <strong className="font-medium">{sentence}</strong>{" "}
        <Fix fix={explanation.fix} resumes={task.status === "queued"} />
      </p>
      {task.errorMessage === undefined ? null : <p className="mt-1 break-words opacity-80">{task.errorMessage}</p>}
    </Notice>
  );
}

function Fix({ fix, resumes }: { fix: NonNullable<TaskView["explanation"]>["fix"]; resumes: boolean }) {
  if (fix === null) return null;
  if ("command" in fix) {
    return (
      <>
        Retry here, or comment <code className="rounded bg-black/5 px-1 dark:bg-white/10">{fix.command}</code> on the
        issue.
      </>
    );
  }
  const words = fix.label.charAt(0).toUpperCase() + fix.label.slice(1);
  const className = "font-medium underline";
  return (
    <>
      {/* The API's paths are not pages: Next must not fetch them ahead. */}
      {fix.path.startsWith("/api/") ? (
        <a href={fix.path} className={className}>
          {words}
        </a>
      ) : (
        <Link href={fix.path} className={className}>
          {words}
        </Link>
      )}
      {resumes ? "; this starts by itself then." : "."}
    </>
  );
}
