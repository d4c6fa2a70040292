"use client";
import clsx from "clsx";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ComponentProps, type ReactNode, useState } from "react";
import { Button } from "./button";

type DialogProps = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Read out with the title; null where the title says it all. */
  description?: string | null;
  /** The title is for screen readers alone. */
  isTitleHidden?: boolean;
  className?: string;
  children: ReactNode;
};

/** Gives the focus back to what had it when the window was asked for: there is no one button that opens it. */
function Content(props: ComponentProps<typeof Radix.Content>) {
  const [before] = useState(() => document.activeElement);
  const giveBack = (event: Event) => {
    event.preventDefault();
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
  return <Radix.Content {...props} onCloseAutoFocus={giveBack} />;
}

/** A window over the page: focus stays inside and goes back after it; Escape and a click beside it close it. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description = null,
  isTitleHidden,
  className,
  children,
}: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40 data-[state=closed]:animate-out data-[state=closed]:fade-out data-[state=open]:animate-in data-[state=open]:fade-in" />
        <Content
          {...(description === null ? { "aria-describedby": undefined } : {})}
          className={clsx(
            "fixed top-[12vh] left-1/2 z-50 flex max-h-[76vh] w-[calc(100vw-2rem)] -translate-x-1/2 flex-col overflow-hidden rounded-lg bg-raised shadow-float outline-none data-[state=open]:animate-in data-[state=open]:fade-in data-[state=open]:zoom-in-98",
            className ?? "max-w-lg",
          )}
        >
          <div className={isTitleHidden ? "sr-only" : "flex items-start gap-3 border-b border-line px-4 py-3"}>
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-base font-semibold">{title}</Radix.Title>
              {description === null ? null : <Radix.Description className="text-soft">{description}</Radix.Description>}
            </div>
            {isTitleHidden ? null : (
              <Radix.Close asChild>
                <Button tone="quiet" size="icon" aria-label="Close">
                  <X aria-hidden />
                </Button>
              </Radix.Close>
            )}
          </div>
          <div className="min-h-0 flex-1 overflow-auto">{children}</div>
        </Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
