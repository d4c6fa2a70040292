"use client";
import clsx from "clsx";
import { Columns2, Rows3 } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useKeys } from "@/components/tasks/list-keys";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { isTerminal } from "@/lib/task";
import DiffView from "./diff-view";
import { isGone, LogAbsence, LogRest } from "./log-absence";
import { type FileChanges, changesOf, fileAnchor } from "./changed-files";
import { FileTree } from "./file-tree";
import { parsePatch } from "./patch";
import type { Run } from "./use-run";
import { useWorkDiff, type WorkDiff } from "./use-work-diff";

/** What was pushed, file by file; until that is known, every edit as the agent reports it. */
export default function ChangesView({ run }: { run: Run }) {
  const changes = useChanges(run);
  const { source, files, isWhole } = changes ?? NOTHING_YET;
  const [layout, setLayout] = useState<"unified" | "split">("unified");
  const keys = useMemo(() => ({ n: () => step(1), p: () => step(-1) }), []);
  useKeys(keys, "part");
  const hasFiles = files.length > 0;
  const isMany = useMemo(
    () => files.flatMap(({ patches }) => patches).reduce((sum, { text }) => sum + linesOf(text), 0) > MANY_LINES,
    [files],
  );
  useEffect(() => {
    // The browser looked for it before it was here.
    if (hasFiles && location.hash.startsWith("#file-")) goTo(document.getElementById(location.hash.slice(1)));
  }, [hasFiles]);
  if (changes === undefined) return <Skeleton className="mt-4 h-64" />;
  if (!hasFiles) return <NoFiles run={run} />;
  return (
    <div className="grid gap-6 py-4 lg:grid-cols-[15rem_minmax(0,1fr)]">
      <nav
        aria-label="Changed files"
        className="lg:sticky lg:top-44 lg:max-h-[calc(100dvh-12rem)] lg:self-start lg:overflow-y-auto"
      >
        <p className="mb-2 flex h-7 items-center justify-between text-soft">
          {files.length} file{files.length === 1 ? "" : "s"}
          <LayoutSwitch layout={layout} onLayout={setLayout} />
        </p>
        <FileTree files={files} />
        <Source run={run} source={source} listed={isWhole ? null : files.length} />
      </nav>
      <div className="min-w-0 space-y-6">
        {files.map((file) => (
          <section
            key={file.path}
            id={fileAnchor(file.path)}
            data-file
            aria-label={file.path}
            tabIndex={-1}
            className="scroll-mt-44 outline-offset-4"
          >
            <h2 className="mb-1.5 truncate font-mono text-xs" title={file.path}>
              {file.path}
            </h2>
            <div className="divide-y divide-line overflow-hidden rounded-md border border-line">
              {file.patches.map(({ text, isCut, n, notes }) => (
                <WhenNear key={n} lines={isMany ? linesOf(text) : 0}>
                  <DiffView path={file.path} patch={text} isCut={isCut} notes={notes} layout={layout} />
                </WhenNear>
              ))}
            </div>
          </section>
        ))}
        <LogRest run={run} />
      </div>
    </div>
  );
}

type Shown = Omit<FileChanges, "source"> & { source: FileChanges["source"] | WorkDiff["source"]; isWhole: boolean };

const NOTHING_YET: Shown = { source: "edits", files: [], isWhole: true };

/** What GitHub has; else what was handed over; and the log's records only while there is nothing else. Undefined: it comes. */
function useChanges({ task, log, work }: Run): Shown | undefined {
  const isOfWork = work?.handedOver != null && work.handedOver.attempt === log.attempt;
  const diff = useWorkDiff(task.id, work, isOfWork);
  const recorded = useMemo(() => changesOf(log.records), [log.records]);
  if (isOfWork && diff !== null) return diff;
  return { ...recorded, isWhole: recorded.source !== "pushed" };
}

const SOURCES: Record<Shown["source"], string> = {
  github: "As GitHub has it.",
  machine: "As the machine handed it over.",
  pushed: "As the machine recorded it.",
  edits: "As the agent reported it.",
};

type SourceProps = { run: Run; source: Shown["source"]; listed: number | null };

/** Whose word the diffs are, and where the whole change is. `listed`: so many files of a change that has more. */
function Source({ run: { task, log }, source, listed }: SourceProps) {
  const isOver = log.attempt < task.attempt || isTerminal(task.status);
  const words = source === "edits" && !isOver ? "So far, as the agent reports it." : SOURCES[source];
  const more = listed !== null && log.attempt === task.attempt ? (task.filesChanged ?? 0) - listed : 0;
  return (
    <p className="mt-3 px-1.5 text-xs text-faint">
      {words}
      {more > 0 ? ` ${more.toLocaleString("en")} more file${more === 1 ? "" : "s"} in it.` : null}
      {task.prUrl === undefined ? null : (
        <a href={`${task.prUrl}/files`} className="link mt-1 block w-fit text-ink">
          The whole change on GitHub
        </a>
      )}
    </p>
  );
}

/** Edits that only commands made are in nobody's report, but in the pull request. */
function NoFiles({ run }: { run: Run }) {
  const { task } = run;
  const count = task.filesChanged ?? 0;
  const whole =
    count === 0 || task.prUrl === undefined ? null : (
      <a href={`${task.prUrl}/files`} className="link">
        The whole change on GitHub
      </a>
    );
  if (count > 0 && run.log.loading === "done" && !isGone(run))
    return (
      <p className="py-8 text-soft">
        {count} file{count === 1 ? " was" : "s were"} changed by commands, which report no edits. {whole}
      </p>
    );
  const words = isTerminal(task.status) ? "No file was edited." : "No file was edited yet.";
  return (
    <>
      <LogAbsence run={run} words={words} />
      {run.log.loading === "failed" || isGone(run) ? whole : null}
    </>
  );
}

const LINE_PX = 18;

/** So many lines of diffs are drawn at once, so that the browser finds words in them. */
const MANY_LINES = 2000;

/**
 * Drawn when it comes near the window, and then permanently: a run may have a hundred thousand lines of diffs. `lines`
 * keeps its place; 0 draws it at once.
 */
function WhenNear({ lines, children }: { lines: number; children: ReactNode }) {
  const [isNear, setNear] = useState(lines === 0);
  const placeholder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (placeholder.current === null) return undefined;
    const watch = new IntersectionObserver(
      (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setNear(true),
      { rootMargin: "800px" },
    );
    watch.observe(placeholder.current);
    return () => watch.disconnect();
  }, []);
  return isNear ? children : <div ref={placeholder} style={{ height: lines * LINE_PX }} />;
}

const linesOf = (patch: string): number => parsePatch(patch).reduce((sum, hunk) => sum + hunk.lines.length + 1, 1);

const LayoutSwitch = ({
  layout,
  onLayout,
}: {
  layout: "unified" | "split";
  onLayout: (layout: "unified" | "split") => void;
}) => (
  <span className="flex gap-0.5">
    {(["unified", "split"] as const).map((one) => (
      <Button
        key={one}
        tone="quiet"
        size="icon"
        aria-pressed={layout === one}
        aria-label={one === "unified" ? "One column" : "Side by side"}
        title={one === "unified" ? "One column" : "Side by side"}
        className={clsx(layout === one && "bg-hover")}
        onClick={() => onLayout(one)}
      >
        {one === "unified" ? <Rows3 aria-hidden /> : <Columns2 aria-hidden />}
      </Button>
    ))}
  </span>
);

/** Goes to the file after or before the one that has the focus, else the one at the top of the window. */
function step(by: 1 | -1): void {
  const files = [...document.querySelectorAll<HTMLElement>("[data-file]")];
  const focused = files.findIndex((file) => file.contains(document.activeElement));
  const present = focused < 0 ? files.findLastIndex((file) => file.getBoundingClientRect().top < 200) : focused;
  goTo(files[Math.min(files.length - 1, Math.max(0, present + by))] ?? null);
}

function goTo(file: HTMLElement | null): void {
  file?.scrollIntoView();
  file?.focus({ preventScroll: true });
}
