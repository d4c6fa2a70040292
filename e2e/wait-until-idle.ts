import { type BrowserContext, expect, type Page } from "@playwright/test";

/** The page's script is there, and its stream is open. */
export const isLive = (page: Page): Promise<void> =>
  expect(page.getByText("Live: this page moves by itself")).toBeAttached();

/**
 * The page's script is there and everything that moves by itself for a while has arrived: its fonts, the frames that
 * its script asked for, its transitions. What moves for ever (a spinner) is not waited for.
 */
export async function waitUntilIdle(page: Page): Promise<void> {
  // React's own mark on what it has taken over.
  await page.waitForFunction(() =>
    Object.keys(document.querySelector("main") ?? {}).some((key) => key.startsWith("__reactFiber$")),
  );
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    await document.fonts.ready;
    await frame();
    await frame();
    const passing = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(passing.map(({ finished }) => finished));
  });
}

/** What a page behind the sign-in loads when it has nothing else to do has arrived. */
export const lateParts = (page: Page): Promise<void> =>
  expect(page.getByRole("region", { name: /^Notifications/ })).toBeAttached();

/**
 * What a page takes back by itself after a few seconds, a question in place (4 s) or a notice (4 s, 8 s), stays ten
 * times as long: a reader is quicker than that, a busy machine may not be.
 */
export const keepQuestions = (context: BrowserContext) =>
  context.addInitScript(() => {
    const real = window.setTimeout.bind(window);
    const later = (act: TimerHandler, ms?: number, ...rest: unknown[]) =>
      real(act, ms === 4000 || ms === 8000 ? ms * 10 : ms, ...rest);
    window.setTimeout = later as typeof window.setTimeout;
  });
