import type { ExternalToast } from "sonner";
import { tellMissingPart } from "@/components/layout/late";

let isMounted = (): void => {};
/** Settles when the toaster stands on the page: what is said before would be lost. */
const mounted = new Promise<void>((resolve) => {
  isMounted = resolve;
});
/** For the toaster alone (toaster.tsx). */
export const toasterIsMounted = (): void => isMounted();

type Undo = { label: string; onClick: () => void };

/** Says what happened, with a way back where there is one. The library comes with the first toast. */
export function showToast(words: string, options: { tone?: "plain" | "bad"; detail?: string; undo?: Undo } = {}): void {
  const { tone = "plain", detail, undo } = options;
  const extra: ExternalToast = {
    ...(detail === undefined ? {} : { description: detail }),
    ...(undo === undefined ? {} : { action: undo, duration: 8000 }),
  };
  Promise.all([import("sonner"), mounted]).then(
    ([sonner]) => void (tone === "bad" ? sonner.toast.error(words, extra) : sonner.toast(words, extra)),
    tellMissingPart,
  );
}
