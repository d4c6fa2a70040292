/** What a key means where nobody types. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

const OPEN_WINDOW = '[role="dialog"], dialog[open], [popover]:popover-open';
const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
/** A checkbox takes no letters. */
const isBox = (target: EventTarget | null) => target instanceof HTMLInputElement && target.type === "checkbox";

/** Does what the key means. Keys rest while somebody types, holds a modifier or has a window open. */
export function pressKey(keys: KeyMap, event: KeyboardEvent): void {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) && !isBox(event.target)) return;
  if (document.querySelector(OPEN_WINDOW) !== null) return;
  const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
  if (act === undefined) return;
  event.preventDefault();
  act(event);
}
