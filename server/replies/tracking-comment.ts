import { openSentence } from "@/lib/seal-words";
import { endedSections } from "./tracking-ended";
import { pendingSections } from "./tracking-pending";
import { setUpSection } from "./tracking-set-up";
import type { TrackingView } from "./tracking-view";

const MARKER = /<!-- porter:task=(task_[a-z0-9]{20}) rev=(\d{1,15}) -->\s*$/;

/**
 * The one comment that follows a task: verdict on the first line,
 * at most 80 characters before its links and twelve visible lines, no heading, image, table or checkbox, no ticking
 * time. Its last line is the hidden marker by which it is found again.
 */
export function renderTrackingComment(view: TrackingView): string {
  const sections = view.status === "queued" || view.status === "running" ? pendingSections(view) : endedSections(view);
  if (view.networkOpen !== null && view.status !== "queued")
    sections.push(`<sub>⚠ ${openSentence(view.networkOpen.reason)}</sub>`);
  if (view.setUp !== null) sections.push(...setUpSection(view.setUp, view.setUpReport));
  return `${sections.filter((section) => section !== "").join("\n\n")}\n\n<!-- porter:task=${view.taskId} rev=${view.rev} -->`;
}

/** Task and revision of a tracking comment; null for any other text. The caller checks that our App wrote it. */
export function readMarker(body: string): { taskId: string; rev: number } | null {
  const found = MARKER.exec(body);
  return found ? { taskId: found[1] ?? "", rev: Number(found[2]) } : null;
}

/** The text that people see: two revisions with the same one need no edit. */
export const withoutMarker = (body: string): string => body.replace(MARKER, "").trimEnd();
