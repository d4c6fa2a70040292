"use client";
import { useState } from "react";
import { DiffStat } from "@/components/tasks/outcome";
import type { HandedOverWork, WorkView } from "@/lib/work-view";
import { useWorkDiff } from "./use-work-diff";
import type { Run } from "./use-run";

/** The files of the work with their figures, folded: the Changes tab has what is in them. */
export function WorkFiles({ run, work, handedOver }: { run: Run; work: WorkView; handedOver: HandedOverWork }) {
  const [isOpen, setOpen] = useState(false);
  const diff = useWorkDiff(run.task.id, work, isOpen);
  const { files, fileCount, commits } = handedOver;
  if (fileCount === 0) return null;
  const stats = new Map(diff?.files.map(({ path, stat }) => [path, stat]));
  const all = fileCount === 1 ? "1 file" : `${fileCount.toLocaleString("en")} files`;
  const inCommits = commits === 0 ? "" : ` in ${commits === 1 ? "one commit" : `${commits} commits`}`;
  return (
    <details
      ref={(details) => readOpen(details, setOpen)}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary className="cursor-pointer text-soft">
        {all}
        {inCommits}
      </summary>
      <ul className="mt-1 max-h-80 overflow-y-auto">
        {files.map(({ path, mode, bytes }) => {
          const stat = stats.get(path);
          return (
            <li key={path} className="flex items-baseline gap-3 py-0.5 text-xs">
              <span className={`min-w-0 flex-1 font-mono break-all ${mode === null ? "line-through" : ""}`}>
                {path}
              </span>
              <span className="shrink-0 text-faint">{MODES[mode ?? "gone"]}</span>
              <span className="shrink-0 text-faint tabular">{bytes === null ? "" : fileSize(bytes)}</span>
              {stat == null ? null : <DiffStat {...stat} />}
            </li>
          );
        })}
      </ul>
      {fileCount > files.length ? (
        <p className="text-xs text-faint">
          {(fileCount - files.length).toLocaleString("en")} more are in the patch and in the bundle.
        </p>
      ) : null}
      {diff?.source === "machine" ? (
        <p className="text-xs text-faint">Lines are counted as the machine handed them over.</p>
      ) : null}
    </details>
  );
}

/** It may have been opened before the page's script was there to hear of it. */
const readOpen = (details: HTMLDetailsElement | null, setOpen: (isOpen: boolean) => void) => {
  if (details?.open === true) setOpen(true);
};

const MODES: Record<string, string> = {
  "100755": "program",
  "120000": "link",
  "160000": "other repository",
  gone: "deleted",
};

/** `820 B`, `14 kB`, `3.2 MB`. */
function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kilobytes = bytes / 1024;
  return kilobytes < 999.5 ? `${Math.round(kilobytes)} kB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}
