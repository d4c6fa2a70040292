import { join } from "node:path";
import type { SetPart } from "../../../lib/change-set.ts";
import { MOST_BYTES, type PartKind } from "../../../lib/change-set-upload.ts";
import type { Cutting } from "../collect/save-work.ts";
import { GitError } from "../git/run-git.ts";
import { PartFiles } from "./part-files.ts";
import { OPTIONAL_WORK_MS, type TimeLeft } from "../time-left.ts";
import type { SetUpload } from "./set-upload.ts";

/** How a file can be made: the next way counts where one makes nothing. */
type OptionalFile = { kind: Exclude<PartKind, "content">; ways: ((cutting: Cutting) => Promise<SetPart[] | null>)[] };

/** A file that Porter can do without. None: time is short, git makes none, it is too large, or it does not arrive. */
export async function sendOptionalFile(
  upload: SetUpload,
  { folder, time }: { folder: string; time: TimeLeft },
  { kind, ways }: OptionalFile,
): Promise<SetPart[]> {
  const signal = time.shutdownSignal(OPTIONAL_WORK_MS / 2);
  for (const make of ways) {
    if (!time.hasTimeForOptionalWork) return [];
    using files = new PartFiles(join(folder, kind));
    const timeoutMs = time.finishBy - Date.now() - OPTIONAL_WORK_MS / 2;
    const parts = await orNone(make({ onPart: files.write, mostBytes: MOST_BYTES[kind], timeoutMs, signal }));
    if (parts === null) continue;
    const until = (): number => time.finishBy - OPTIONAL_WORK_MS / 2;
    return (await upload.send(kind, { parts, files }, { until, signal })) === null ? parts : [];
  }
  return [];
}

async function orNone<Made>(making: Promise<Made>): Promise<Made | null> {
  try {
    return await making;
  } catch (error) {
    if (error instanceof GitError) return null;
    throw error;
  }
}
