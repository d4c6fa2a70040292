"use client";
import { useEffect } from "react";
import { Toaster as Sonner } from "sonner";
import { toasterIsMounted } from "./toast";

/** Where toasts appear; loaded when the page is idle (layout/shell.tsx). */
export default function Toaster() {
  useEffect(toasterIsMounted, []);
  return (
    <Sonner
      position="bottom-right"
      mobileOffset={{ bottom: 68 }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-center gap-3 rounded-md bg-ink px-3.5 py-2.5 font-sans text-sm text-bg shadow-float sm:w-90",
          title: "font-medium",
          description: "opacity-80",
          icon: "hidden",
          actionButton: "ml-auto shrink-0 rounded-sm border border-bg/30 px-2 py-1 text-xs font-medium hover:bg-bg/15",
        },
      }}
    />
  );
}
