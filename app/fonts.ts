import localFont from "next/font/local";

/**
 * Geist, from npm: no request leaves our origin. Latin is preloaded; the fall-backs have the same measures, so that
 * nothing moves when it arrives. Other scripts use the system's fonts.
 */
export const sans = localFont({
  src: "../node_modules/@fontsource-variable/geist/files/geist-latin-wght-normal.woff2",
  weight: "100 900",
  display: "swap",
  variable: "--font-geist",
  adjustFontFallback: "Arial",
});

/** For code, ids and logs; not preloaded, because no first view depends on it. */
export const mono = localFont({
  src: "../node_modules/@fontsource-variable/geist-mono/files/geist-mono-latin-wght-normal.woff2",
  weight: "100 900",
  display: "swap",
  variable: "--font-geist-mono",
  preload: false,
  fallback: ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"],
  adjustFontFallback: false,
});
