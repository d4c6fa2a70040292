import type { ComponentProps } from "react";

/** The one button. `danger` for what cannot be taken back. */
export function Button({
  tone = "plain",
  className = "",
  ...props
}: ComponentProps<"button"> & { tone?: "plain" | "primary" | "danger" }) {
  const tones = {
    plain: "border-neutral-300 hover:bg-neutral-100 dark:border-neutral-700 dark:hover:bg-neutral-800",
    primary:
      "border-transparent bg-neutral-900 text-white hover:bg-neutral-700 dark:bg-white dark:text-neutral-900 dark:hover:bg-neutral-200",
    danger: "border-red-700 text-red-700 hover:bg-red-50 dark:border-red-400 dark:text-red-400 dark:hover:bg-red-950",
  };
  return (
    <button
      type="button"
      {...props}
      className={`h-8 cursor-pointer rounded border px-3 text-sm font-medium focus-visible:outline-2 focus-visible:outline-offset-2 disabled:cursor-default disabled:opacity-50 ${tones[tone]} ${className}`}
    />
  );
}
