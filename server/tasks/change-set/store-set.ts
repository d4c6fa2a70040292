import type { ChangesRequest } from "@/lib/change-set-upload";
import { createRedactor } from "@/lib/redaction";
import type { WhyBundle } from "@/lib/change-set-judgement";
import { whichIsMissing, whyInconsistent } from "@/server/change-sets/check-manifest";
import type { AppContext } from "@/server/context";
import type { ChangeSetRow, ManifestColumns } from "@/server/db/change-set-store";
import type { AttemptRow } from "@/server/db/task-store";
import { AppError } from "@/server/errors";
import { ownSecretsOf, redactTexts } from "../attempt/own-secrets";
import { firstThatFit, MOST_TEXT } from "./first-that-fit";
import { openSet } from "./open-set";
import { boxOf, partsOf, putManifest } from "./set-files";

/**
 * Makes a set whole, which is what keeps the work. `text`: the request as it came. Killed at any line, the same text
 * comes to the same; another one for a whole set is refused. @throws AppError
 */
export async function storeSet(
  context: AppContext,
  attempt: AttemptRow,
  { request, text }: { request: ChangesRequest; text: string },
): Promise<ChangeSetRow> {
  const requestHash = await context.sealer.hmac("change-set", text, attempt.hmacKeyVersion);
  const row = await openSet(context, attempt, request.set);
  const redactor = (await ownSecretsOf(context, attempt)) ?? createRedactor([]);
  const words = withoutSecrets(request, redactor.redact);
  const whole = row.wholeAt === null ? await makeWhole(context, { row, request: words, requestHash }) : row;
  if (whole.requestHash !== requestHash) throw new AppError("conflict", "This set is whole with another content.");
  return whole;
}

async function makeWhole(
  context: AppContext,
  { row, request, requestHash }: { row: ChangeSetRow; request: ChangesRequest; requestHash: string },
): Promise<ChangeSetRow> {
  refuseUnfit(row, request);
  const box = await boxOf(context, row);
  if (box === null) throw new AppError("gone", "This set is deleted.");
  const { manifest } = request;
  if (manifest !== null) await putManifest(context, { row, box }, { text: JSON.stringify(manifest), requestHash });
  const now = context.clock.now().toISOString();
  await context.db.changeSets.makeWhole(row, { ...wholeOf(request), requestHash, now });
  const fresh = await context.db.changeSets.get(row);
  if (fresh === null || fresh.wholeAt === null) throw new AppError("gone", "This attempt is over.");
  return fresh;
}

/** Every text that is for people, redacted again as it arrives. Paths and ids of files that are written stay. */
function withoutSecrets(request: ChangesRequest, redact: (text: string) => string): ChangesRequest {
  const { manifest } = request;
  if (manifest === null) return request;
  return {
    ...request,
    manifest: {
      ...manifest,
      commits: manifest.commits.map((commit) => ({
        ...commit,
        message: redact(commit.message),
        author: redact(commit.author),
      })),
      heldBack: manifest.heldBack.map((held) => ({ ...held, path: redact(held.path) })),
      notes: redactTexts(manifest.notes, redact),
      otherLines: redactTexts(manifest.otherLines, redact),
    },
  };
}

/** @throws AppError (bad_request) for what names parts that are not there, or contradicts itself */
function refuseUnfit(row: ChangeSetRow, { manifest, bundle, patch }: ChangesRequest): void {
  const named = { content: manifest?.parts ?? [], bundle, patch };
  for (const kind of ["content", "bundle", "patch"] as const) {
    const missing = whichIsMissing(named[kind], partsOf(row, kind));
    if (missing === null) continue;
    throw new AppError("bad_request", `Part ${missing.number} of ${kind} is not there as it is named.`, {
      field: kind,
    });
  }
  const why = manifest === null ? null : whyInconsistent(manifest);
  if (why !== null) throw new AppError("bad_request", `manifest: ${why}`, { field: "manifest" });
}

function wholeOf({ manifest, tooLarge }: ChangesRequest): ManifestColumns {
  if (manifest === null) {
    const why: WhyBundle = { kind: "too_large", bytes: 0, paths: 0, ...tooLarge };
    return { content: "bundle", whyBundle: JSON.stringify(why), heldBack: "[]" };
  }
  const { base, tree, commits, heldBack } = manifest;
  return {
    content: "files",
    base,
    tree,
    commits: commits.length,
    files: new Set(commits.flatMap(({ paths }) => paths.map(({ path }) => path))).size,
    heldBack: JSON.stringify(firstThatFit(heldBack, MOST_TEXT)),
  };
}
