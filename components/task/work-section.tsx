"use client";
import { Download } from "lucide-react";
import { Time } from "@/components/layout/clock";
import { Button, buttonLook } from "@/components/ui/button";
import { isUnpublished, type WorkLocation, workLocationOf } from "@/lib/work-location";
import { locationWords } from "@/lib/location-words";
import type { HandedOverWork, WorkView } from "@/lib/work-view";
import { RichTextView } from "./rich-text-view";
import { usePublish } from "./use-publish";
import type { Run } from "./use-run";
import { ManualPublish, OtherLines, ReviewNotes } from "./work-details";
import { WorkFiles } from "./work-files";
import { WorkHeldBack } from "./work-held-back";

/** What a run left: where it is, what there is of it, what stayed out, and how to get hold of it. */
export default function WorkSection({ run, work }: { run: Run; work: WorkView }) {
  const where = workLocationOf(work.facts);
  const publish = usePublish(run);
  const { handedOver } = work;
  const words = locationWords(where, {
    workUrl: null,
    installationUrl: "/account",
    stats: null,
    branchName: where.is === "branch" ? where.branch.name : "",
  });
  return (
    <section id="work" aria-labelledby="work-title" className="scroll-mt-28 rounded-lg border border-line px-4 py-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-80">
          <h2 id="work-title" className="font-medium">
            The work
          </h2>
          {where.is === "saving" || where.is === "nothing" ? null : (
            <p className="text-soft">
              <RichTextView saying={words.sentence} />
            </p>
          )}
          {words.list.length === 0 ? null : (
            <ul className="mt-1 list-disc space-y-0.5 pl-5 text-soft">
              {words.list.map((saying, index) => (
                <li key={index}>
                  <RichTextView saying={saying} />
                </li>
              ))}
            </ul>
          )}
          {words.folded === null ? null : (
            <details className="mt-1">
              <summary className="cursor-pointer text-soft">What GitHub said</summary>
              <p className="mt-1 break-words font-mono text-xs text-soft">{words.folded}</p>
            </details>
          )}
        </div>
        <Actions run={run} where={where} handedOver={handedOver} publish={publish} />
      </div>
      {handedOver === null ? null : (
        <div className="mt-2 space-y-2">
          <WorkFiles run={run} work={work} handedOver={handedOver} />
          <ReviewNotes handedOver={handedOver} />
          <OtherLines lines={handedOver.otherLines} />
          <WorkHeldBack
            heldBack={handedOver.heldBack}
            canPush={where.is !== "saving"}
            isPending={publish.isPending}
            onPush={publish.push}
          />
          {where.is === "kept" ? <ManualPublish task={run.task} handedOver={handedOver} /> : null}
        </div>
      )}
      <Kept run={run} work={work} />
    </section>
  );
}

type Acts = {
  run: Run;
  where: WorkLocation;
  handedOver: HandedOverWork | null;
  publish: ReturnType<typeof usePublish>;
};

function Actions({ run: { task }, where, handedOver, publish }: Acts) {
  const file = (kind: "patch" | "bundle") =>
    `/api/tasks/${task.id}/changes.${kind}?attempt=${handedOver?.attempt ?? task.attempt}`;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {isUnpublished(where) ? (
        <Button size="sm" tone="primary" disabled={publish.isPending} onClick={() => publish.push([])}>
          {where.is === "branch" ? "Open the pull request" : "Publish"}
        </Button>
      ) : null}
      {(["patch", "bundle"] as const).map((kind) =>
        handedOver?.[`${kind}Bytes`] == null ? null : (
          <a
            key={kind}
            href={file(kind)}
            download
            aria-label={`Download the work as a ${kind}`}
            className={buttonLook({ size: "sm" })}
          >
            <Download aria-hidden />
            {kind === "patch" ? "Patch" : "Bundle"}
          </a>
        ),
      )}
    </div>
  );
}

function Kept({ run: { task }, work: { handedOver, facts, earlier } }: { run: Run; work: WorkView }) {
  const until = facts.set?.isThere === true ? facts.set.keptUntil : null;
  if (handedOver === null && earlier.length === 0) return null;
  return (
    <p className="mt-2 text-xs text-faint">
      {handedOver === null || handedOver.attempt === task.attempt ? null : `From attempt ${handedOver.attempt}. `}
      {until === null ? null : (
        <>
          Kept for download, deleted <Time at={until} />.{" "}
        </>
      )}
      {earlier.map(({ attempt }) => (
        <a key={attempt} href={`/api/tasks/${task.id}/changes.patch?attempt=${attempt}`} download className="link mr-2">
          Work of attempt {attempt}
        </a>
      ))}
    </p>
  );
}
