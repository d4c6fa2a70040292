// What the Lighthouse bench asks for, and how a run is set up.
import { type Config, desktopConfig } from "lighthouse";

export type FormFactor = "desktop" | "mobile";

/** Scores from 0 to 100 that each page's median has to reach. */
export const FLOORS = { performance: 95, accessibility: 100, "best-practices": 100 } as const;

export const CATEGORIES = ["performance", "accessibility", "best-practices"] as const;
export type Category = (typeof CATEGORIES)[number];

/** Medians of five. */
export const RUNS = 5;

/**
 * Desktop is the default, because Porter is left open on a desk beside an editor: 1350 × 940, 40 ms round trip and 10 Mbit/s,
 * the CPU as it is. Mobile is Lighthouse's own default, a mid-range phone: 412 × 823, 150 ms and 1.6 Mbit/s, a CPU four
 * times slower. Both are simulated from the observed load (Lantern), which is what PageSpeed Insights reports, too.
 *
 * Other work on the machine makes figures worse: it stretches each task's wall time, which is what Lighthouse counts.
 *
 * No audit is skipped. Porter runs at http://127.0.0.1 here, which the browser treats as a secure context:
 * - `is-on-https` passes on loopback, because Lighthouse asks whether each request is local;
 * - `redirects-http` is marked "not applicable" on loopback, and so is left out of the mean;
 * - `has-hsts` carries no weight in the score: the header is set where the address is https (server/entry/security-headers.ts).
 * `onlyCategories` leaves out SEO alone: pages behind a sign-in are not for search engines.
 */
export const configOf = (formFactor: FormFactor): Config => ({
  extends: "lighthouse:default",
  settings: {
    ...(formFactor === "desktop" ? desktopConfig.settings : {}),
    onlyCategories: [...CATEGORIES],
    throttlingMethod: "simulate",
  },
});

/** A fresh browser a run: no cache, no cookie and no warm code is left of the one before. */
export const BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-gpu"];
