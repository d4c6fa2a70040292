import { Message } from "@/components/task/message";
import { seenText } from "@/components/task/terminal-text";
import { FixLink } from "@/components/ui/fix-link";
import { Notice } from "@/components/ui/notice";
import { linkWords } from "@/lib/fix";
import { withoutFullStop } from "@/lib/sentence";
import { isTerminal } from "@/lib/task";
import type { Explanation, TaskView } from "@/lib/task-view";
import { whatHappened } from "@/lib/task-words";

/**
 * Why it failed or waits, in one sentence, and the way out. What others said of it (a provider, git, Fly) is folded.
 * `isSaving`: what the run leaves is not known yet. `hasWork`: what it left wants a click, not a further run.
 */
export default function Failure({ task, explanation, isSaving, hasWork }: FailureProps) {
  const asks = task.failureCode === "agent_asks";
  const said = asks ? explanation.sentence : whatHappened(task);
  const sentence =
    task.stoppedBy === undefined ? said : `${withoutFullStop(explanation.sentence)} by ${task.stoppedBy}.`;
  const calm =
    task.failureCode === "no_changes" || task.failureCode === "stopped_by_user" || task.failureCode === "issue_closed";
  const tone = task.status === "queued" || asks ? "waiting" : calm ? "neutral" : "bad";
  const lastLines = (task.logTail ?? "").split("\n").map(seenText).join("\n").trim();
  return (
    <Notice tone={tone} className="">
      <p>
        <strong className="font-medium">{sentence}</strong>{" "}
        <Fix
          fix={hasWork && !asks && explanation.fix?.kind === "command" ? null : explanation.fix}
          resumes={task.status === "queued"}
          asks={asks}
        />
      </p>
      {isSaving ? <p className="mt-1 opacity-80">Saving what there is…</p> : null}
      {asks && task.errorMessage !== undefined ? (
        <blockquote className="mt-1 border-l-2 border-line pl-2 break-words">
          <Message text={task.errorMessage} />
        </blockquote>
      ) : null}
      {isTerminal(task.status) && lastLines !== "" ? (
        <details className="mt-1">
          <summary className="cursor-pointer opacity-80">Last lines</summary>
          <pre className="mt-1 max-h-60 overflow-auto text-xs break-words whitespace-pre-wrap">{lastLines}</pre>
        </details>
      ) : null}
    </Notice>
  );
}

type FailureProps = { task: TaskView; explanation: Explanation; isSaving: boolean; hasWork: boolean };

type FixProps = { fix: NonNullable<TaskView["explanation"]>["fix"]; resumes: boolean; asks: boolean };

function Fix({ fix, resumes, asks }: FixProps) {
  if (fix === null) return null;
  if (fix.kind === "advice") return <>{fix.advice}</>;
  if (fix.kind === "command") {
    if (asks) {
      return (
        <>
          Answer with a comment on the issue:{" "}
          <code className="rounded bg-black/5 px-1 dark:bg-white/10">{fix.command}</code>
        </>
      );
    }
    return (
      <>
        Retry here, or comment <code className="rounded bg-black/5 px-1 dark:bg-white/10">{fix.command}</code> on the
        issue.
      </>
    );
  }
  const then = fix.kind === "page" && fix.next !== undefined ? `, then ${fix.next}` : "";
  return (
    <>
      <FixLink fix={fix} words={`${linkWords(fix)}${then}`} className="font-medium underline" />
      {resumes ? "; this starts by itself then." : "."}
    </>
  );
}
