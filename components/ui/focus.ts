/** A ref for the one control that a window or a step is about: it has the focus as soon as it is there. */
export const focusNow = (element: HTMLElement | null): void => element?.focus();
