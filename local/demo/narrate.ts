import type { Sight } from "./watch.ts";

/** A step that has happened, for people. `isDetail` stands under the step before it. */
export type NarrationLine = { text: string; isDetail: boolean };

const PHASES: Record<string, string> = {
  starting: "Asked Fly for a machine",
  cloning: "Machine runs and clones the repository",
  preparing: "Machine sets the repository up",
  working: "The agent works",
  pushing: "The agent is done; the branch is pushed",
};

/** What is new in `now`, in words. */
export function newLines(before: Sight | null, now: Sight): NarrationLine[] {
  const lines: NarrationLine[] = [];
  const step = (text: string): void => void lines.push({ text, isDetail: false });
  if (now.reactions.includes("eyes") && !before?.reactions.includes("eyes")) step("👀 on the comment");
  if (now.task && !before?.task)
    step(`Task ${now.task.id}, ${now.task.agent}${now.task.model ? ` with ${now.task.model}` : ""}`);
  const reply = now.replies[0];
  if (reply && !before?.replies[0]) step(`One tracking comment: “${firstLine(reply.body)}”`);
  const phase = now.task?.phase;
  if (phase && phase !== before?.task?.phase && PHASES[phase]) step(PHASES[phase]);
  const last = now.task?.lastStep;
  if (last && last !== before?.task?.lastStep) lines.push({ text: last, isDetail: true });
  const pull = now.pulls[0];
  if (pull && !before?.pulls[0]) step(`Pull request #${pull.number}: ${pull.title}`);
  const status = now.task?.status;
  if (status && status !== before?.task?.status && status !== "queued" && status !== "running") step(`Task ${status}`);
  const gone = now.machines[0]?.state === "destroyed";
  if (gone && before?.machines[0]?.state !== "destroyed") step("Machine destroyed");
  return lines;
}

const firstLine = (body: string): string =>
  (body.split("\n").find((line) => line.trim() !== "" && !line.startsWith("<!--")) ?? "")
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replaceAll("**", "")
    .trim();
