"use client";
import { useState } from "react";
import { ScrollBox } from "@/components/ui/scroll-box";
import { lineWords, noteSentence } from "@/lib/change-set-notes";
import { findingSentences } from "@/lib/review/findings";
import type { TaskView } from "@/lib/task-view";
import type { HandedOverWork } from "@/lib/work-view";

/** What nobody should merge without a look, and what else was found. */
export function ReviewNotes({ handedOver: { judgement, notes } }: { handedOver: HandedOverWork }) {
  const [isShown, setShown] = useState(false);
  const sentences = [
    ...findingSentences(judgement?.draft ?? []),
    ...findingSentences(judgement?.look ?? []),
    ...notes.filter(({ kind }) => kind !== "other_line").map(noteSentence),
  ];
  if (sentences.length === 0) return null;
  const shown = isShown ? sentences : sentences.slice(0, SHOWN);
  return (
    <div>
      <h3 className="text-xs text-faint">Worth a look</h3>
      <ul className="list-disc space-y-0.5 pl-5">
        {shown.map((sentence) => (
          <li key={sentence} className="break-words">
            <Ticked text={sentence} />
          </li>
        ))}
      </ul>
      {sentences.length > shown.length ? (
        <button type="button" className="link text-sm" onClick={() => setShown(true)}>
          {sentences.length - shown.length} more
        </button>
      ) : null}
    </div>
  );
}
const SHOWN = 8;

/** What the agent left besides: the bundle holds it, and nothing of it is published. */
export const OtherLines = ({ lines }: { lines: HandedOverWork["otherLines"] }) =>
  lines.length === 0 ? null : (
    <div>
      <h3 className="text-xs text-faint">Other lines of work, which only the bundle holds</h3>
      <ul className="list-disc space-y-0.5 pl-5">
        {lines.map((line) => (
          <li key={`${line.kind} ${line.name}`} className="break-words">
            <Ticked text={lineWords(line)} />
          </li>
        ))}
      </ul>
    </div>
  );

/** For what Porter cannot write, and for whoever would rather do it. */
export function ManualPublish({ task, handedOver }: { task: TaskView; handedOver: HandedOverWork }) {
  if (handedOver.bundleBytes === null) return null;
  const branch = task.branch ?? "porter-work";
  const lines = [
    "git fetch origin",
    `git fetch ${task.id}-${handedOver.attempt}.bundle work:${branch}`,
    `git push origin ${branch}`,
  ];
  return (
    <details>
      <summary className="cursor-pointer text-soft">Push it by hand</summary>
      <p className="mt-1 text-soft">In a clone of the repository, with the bundle beside it:</p>
      <ScrollBox label="Commands" className="mt-1 rounded-md bg-sunken px-3 py-2 text-xs">
        <pre>{lines.join("\n")}</pre>
      </ScrollBox>
    </details>
  );
}

/** What stands between two backticks, as code. */
const Ticked = ({ text }: { text: string }) => (
  <>{text.split("`").map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</>
);
