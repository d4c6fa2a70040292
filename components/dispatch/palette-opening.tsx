"use client";

type OpeningProps = { text: string; put: (text: string) => void; close: () => void };

/** The platform's own window holds the focus, and gives it back when it closes: there the palette finds it. */
const show = (dialog: HTMLDialogElement | null) => {
  dialog?.showModal();
  return () => dialog?.close();
};

/**
 * Stands where the palette will be while its script is on the way. What is typed goes into its field, and not to the
 * keys of the page, where `s` stops a task.
 */
export const PaletteOpening = ({ text, put, close }: OpeningProps) => (
  <dialog
    ref={show}
    aria-label="Opening"
    onCancel={close}
    className="mx-auto mt-[12vh] w-[calc(100vw-2rem)] max-w-xl animate-in rounded-lg bg-raised px-10 text-ink shadow-float delay-150 fill-mode-both fade-in"
  >
    <input
      aria-label="Search and commands"
      value={text}
      onChange={({ target }) => put(target.value)}
      className="h-12 w-full bg-transparent text-base outline-none"
    />
  </dialog>
);
