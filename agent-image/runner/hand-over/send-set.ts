import { join } from "node:path";
import type { ChangesRequest } from "../../../lib/change-set-upload.ts";
import type { Redactor } from "../../../lib/redaction.ts";
import type { CollectedWork } from "../collect/collect-work.ts";
import { decodeMessage } from "../collect/commit-object.ts";
import { ObjectReader } from "../collect/object-reader.ts";
import { packChangeSet, type Packed } from "../collect/pack-change-set.ts";
import { bundleParts, patchParts } from "../collect/save-work.ts";
import { writeSeries } from "../collect/write-series.ts";
import type { Collected, SeriesTexts } from "../git/changes.ts";
import type { Git } from "../git/run-git.ts";
import type { TimeLeft } from "../time-left.ts";
import { PartFiles } from "./part-files.ts";
import { sendOptionalFile } from "./send-optional-file.ts";
import type { NotAccepted, SetUpload } from "./set-upload.ts";

export type SetSources = {
  /** On the trusted repository. */
  git: Git;
  /** A folder of the supervisor's. */
  folder: string;
  secrets: Pick<Redactor, "redact" | "containsOwnSecret">;
  time: TimeLeft;
};

type Sent = { kind: "whole"; tip: string; leaveOut: string[] } | NotAccepted;

/** Sends one set: the contents first, which are the work, then patch and bundle, then what makes it whole. */
export async function sendSet(
  upload: SetUpload,
  { work, texts }: Pick<Collected, "work" | "texts">,
  sources: SetSources,
): Promise<Sent> {
  const { git, time } = sources;
  const series = { ...texts, messageOf: texts.textOf };
  const written = await writeSeries(git, { ...series, commits: work.commits, ref: "refs/porter/set" });
  const tip = written.get(work.tip) ?? work.tip;
  using files = new PartFiles(join(sources.folder, "content"));
  const packed = await pack({ work, texts, written, files }, sources);
  const parts = packed.kind === "whole" ? packed.manifest.parts : [];
  const until = (): number => time.finishBy;
  const refusal = await upload.send("content", { parts, files }, { until });
  if (refusal !== null) return refusal;
  const others = work.others.map(({ line }) => line);
  const lines = work.line === null ? others : [work.line, ...others];
  const bundleOf = { ...series, filter: work.filter };
  const range = { base: work.filter.base.commit, tip };
  const patch = await sendOptionalFile(upload, sources, {
    kind: "patch",
    ways: [async (cut) => patchParts(git, range, cut)],
  });
  const bundle = await sendOptionalFile(upload, sources, {
    kind: "bundle",
    // Where all lines are too much, the one that was taken.
    ways: [lines, lines.slice(0, 1)].map((some) => async (cut) => bundleParts(git, { ...bundleOf, lines: some }, cut)),
  });
  const end = await upload.finish({ ...wholeBy(packed), patch, bundle }, { until });
  return end.kind === "whole" ? { ...end, tip } : end;
}

const wholeBy = (packed: Packed): Pick<ChangesRequest, "manifest" | "tooLarge"> =>
  packed.kind === "whole"
    ? { manifest: packed.manifest, tooLarge: null }
    : { manifest: null, tooLarge: { bytes: packed.bytes, paths: packed.paths } };

type Packing = { work: CollectedWork; texts: SeriesTexts; written: ReadonlyMap<string, string>; files: PartFiles };

async function pack({ work, texts, written, files }: Packing, { git, secrets, time }: SetSources): Promise<Packed> {
  const timeoutMs = Math.max(2000, time.finishBy - Date.now());
  const objects = new ObjectReader(git, timeoutMs);
  try {
    return await packChangeSet({
      work,
      written,
      git,
      timeoutMs,
      objects,
      secrets,
      textOf: (commit) => decodeMessage(texts.textOf(commit), commit.commit?.encoding ?? null),
      onPart: files.write,
    });
  } finally {
    await objects.close().catch(() => undefined);
  }
}
