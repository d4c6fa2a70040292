import { z } from "zod";

const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
const task = z.object({ task_id: z.string(), task_type: text, ambient: flag, off_host: flag });

/** What Claude Code's `system` lines say of tasks that run beside the conversation. */
export const backgroundLine = {
  task_id: text,
  task_type: text,
  ambient: flag,
  is_backgrounded: flag,
  patch: z.object({ status: text, is_backgrounded: flag }).nullish().catch(null),
  tasks: z.array(z.unknown()).nullish().catch(null),
};
type BackgroundLine = z.infer<z.ZodObject<typeof backgroundLine>> & { subtype?: string | null | undefined };

const UNDER_WAY: readonly (string | null | undefined)[] = [null, undefined, "pending", "running", "paused"];

/**
 * The background tasks that an agent will report on: it speaks again when they end. A shell (a server that it
 * started) is none: it may run for ever. Nor is what the CLI does for itself or on other machines.
 */
export class BackgroundTasks {
  /** Id → whether it counts: in the background, and no shell. */
  #known = new Map<string, { counts: boolean; inBackground: boolean }>();

  get isOpen(): boolean {
    return [...this.#known.values()].some(({ counts, inBackground }) => counts && inBackground);
  }

  take(line: BackgroundLine): void {
    const id = line.task_id;
    switch (line.subtype) {
      case "background_tasks_changed":
        // All that there are: it replaces what single events have told.
        this.#known = new Map(
          (line.tasks ?? []).flatMap((item) => {
            const { data } = task.safeParse(item);
            return data === undefined ? [] : [[data.task_id, { counts: countsAs(data), inBackground: true }] as const];
          }),
        );
        return;
      case "task_started":
        if (id) this.#known.set(id, { counts: countsAs(line), inBackground: line.is_backgrounded !== false });
        return;
      case "task_notification":
        if (id) this.#known.delete(id);
        return;
      case "task_updated":
        if (id) this.#update(id, line.patch);
        return;
      default:
    }
  }

  #update(id: string, patch: BackgroundLine["patch"]): void {
    const known = this.#known.get(id);
    if (known === undefined) return;
    if (!UNDER_WAY.includes(patch?.status)) this.#known.delete(id);
    else if (patch?.is_backgrounded === true) known.inBackground = true;
  }
}

const countsAs = (of: Partial<Omit<z.infer<typeof task>, "task_id">>): boolean =>
  of.task_type !== "local_bash" && of.ambient !== true && of.off_host !== true;
