import type { ComponentType } from "react";
import { sleepFor } from "@/lib/sleep";
import { createStore } from "./store";

const AGAIN_AFTER_MS = 1000;

type Module<Props> = { default: ComponentType<Props> };
const Nothing = () => null;

/** Whether some part of this page could not be loaded; for the notice (missing-part.tsx). */
export const isPartMissing = createStore(false);

/** Says on the page that a part of it is missing, and how to go on. */
export const tellMissingPart = (): void => isPartMissing.set(true);

/**
 * Loads a part that has its own script. Where that does not come twice in a row (it went with an older build, or the
 * network is away) its place stays empty and the page says so; an error would take the whole page away.
 */
export async function loadPart<Props>(load: () => Promise<Module<Props>>): Promise<Module<Props>> {
  try {
    return await load();
  } catch {
    await sleepFor(AGAIN_AFTER_MS);
  }
  try {
    return await load();
  } catch {
    tellMissingPart();
    return { default: Nothing };
  }
}
