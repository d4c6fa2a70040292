const taskOf = (target: EventTarget | null): string | null =>
  target instanceof Element ? (target.closest("[data-task]")?.getAttribute("data-task") ?? null) : null;

/** What is needed of the list's element, and how the row of a task gets the focus. */
type FocusList = { list: Pick<HTMLElement, "addEventListener" | "contains">; focusRow: (task: string) => void };
export type FocusMemory = { restore: () => void; end: () => void };

/**
 * A row that goes into another section is made anew there, and the focus falls out of the list. `restore`, called after
 * that, gives it to the new row: whoever walks by keys goes on from it, and not from the top.
 */
export function rememberFocus({ list, focusRow }: FocusList): FocusMemory {
  const end = new AbortController();
  const { signal } = end;
  let held: string | null = null;
  const come = ({ target }: FocusEvent) => {
    held = taskOf(target);
  };
  const go = ({ target }: FocusEvent) => {
    setTimeout(() => {
      // Gone because somebody went elsewhere, and not because the row did.
      if (target instanceof Element && target.isConnected && !list.contains(document.activeElement)) held = null;
    });
  };
  list.addEventListener("focusin", come, { signal });
  list.addEventListener("focusout", go, { signal });
  return {
    restore() {
      if (held !== null && document.activeElement === document.body) focusRow(held);
    },
    end: () => end.abort(),
  };
}
