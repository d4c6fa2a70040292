import { cva, type VariantProps } from "class-variance-authority";
import clsx from "clsx";
import { cloneElement, type ComponentProps, isValidElement } from "react";

/** The look of a button, for links that stand among buttons too. */
export const buttonLook = cva(
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors select-none disabled:pointer-events-none disabled:opacity-50 [&_svg]:size-3.5 [&_svg]:shrink-0",
  {
    variants: {
      tone: {
        plain: "border border-line bg-raised text-ink hover:bg-hover",
        primary: "border border-transparent bg-ink text-bg hover:bg-soft",
        danger: "border border-bad/40 bg-raised text-bad hover:bg-bad-wash",
        quiet: "text-soft hover:bg-hover hover:text-ink",
      },
      size: {
        sm: "h-7 px-2 text-xs",
        md: "h-8 px-3 text-sm",
        lg: "h-10 px-4 text-base",
        icon: "size-7",
      },
    },
    defaultVariants: { tone: "plain", size: "md" },
  },
);

type ButtonProps = ComponentProps<"button"> & VariantProps<typeof buttonLook> & { asChild?: boolean };

/** The one button. `danger` for what cannot be taken back; `asChild` gives its look to the one link inside. */
export function Button({ tone, size, className, asChild = false, children, ...props }: ButtonProps) {
  const look = buttonLook({ tone, size, className });
  if (asChild && isValidElement<{ className?: string }>(children))
    return cloneElement(children, { className: clsx(look, children.props.className) });
  return (
    <button type="button" {...props} className={look}>
      {children}
    </button>
  );
}
