import clsx from "clsx";
import type { ReactNode } from "react";

type FieldRowProps = {
  /** Of the control; help and error hang on it. */
  id: string;
  label: string;
  help?: ReactNode;
  error?: string | undefined;
  /** Not saved yet. */
  isEdited?: boolean;
  /** Several controls under one name: they name themselves, the row names them together. */
  isGroup?: boolean;
  children: ReactNode;
};

/** For a control's `aria-describedby`. */
export const describedBy = (id: string): string => `${id}-help ${id}-error`;

/** Label and help on the left, the control on the right; below each other where it is narrow. */
export function FieldRow({ id, label, help, error, isEdited = false, isGroup = false, children }: FieldRowProps) {
  const name = (
    <>
      {label}
      {isEdited ? <span className="ml-1.5 text-xs font-normal text-soft">(not saved)</span> : null}
    </>
  );
  return (
    <div
      {...(isGroup ? { role: "group", "aria-labelledby": `${id}-label`, "aria-describedby": describedBy(id) } : {})}
      className="grid gap-x-8 gap-y-2 py-4 sm:grid-cols-[minmax(0,1fr)_minmax(0,24rem)]"
    >
      <div className="min-w-0">
        {isGroup ? (
          <p id={`${id}-label`} className="font-medium">
            {name}
          </p>
        ) : (
          <label id={`${id}-label`} htmlFor={id} className="font-medium">
            {name}
          </label>
        )}
        <div id={`${id}-help`} className="mt-0.5 max-w-md text-soft">
          {help}
        </div>
      </div>
      <div className="min-w-0">
        {children}
        <p id={`${id}-error`} aria-live="polite" className={clsx("text-bad", error !== undefined && "mt-1")}>
          {error}
        </p>
      </div>
    </div>
  );
}

/** A section of the settings; its heading takes the focus when a link leads to it. */
export function SettingsSection({
  id,
  title,
  lead,
  children,
}: {
  id: string;
  title: string;
  lead: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`} tabIndex={-1} className="text-xl font-semibold outline-none">
        {title}
      </h2>
      <p className="mt-1 mb-3 max-w-prose text-soft">{lead}</p>
      <div className="divide-y divide-line border-y border-line">{children}</div>
    </section>
  );
}
