import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { readTheme, THEME_COOKIE } from "@/lib/theme";
import { mono, sans } from "./fonts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Porter", template: "%s · Porter" },
  description: "Comment on a GitHub issue and get a pull request back",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fdfcfb" },
    { media: "(prefers-color-scheme: dark)", color: "#0d0e11" },
  ],
};

/** No page is made ahead: each one's scripts carry the nonce of its own request (server/entry/security-headers.ts). */
export const dynamic = "force-dynamic";

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = readTheme((await cookies()).get(THEME_COOKIE)?.value);
  const isApple = /Macintosh|iPhone|iPad/.test((await headers()).get("user-agent") ?? "");
  return (
    // The theme switch changes the attribute by itself, outside React.
    <html
      lang="en"
      data-theme={theme === "system" ? undefined : theme}
      data-keys={isApple ? "apple" : undefined}
      className={`${sans.variable} ${mono.variable}`}
      suppressHydrationWarning
    >
      <body className="min-h-dvh font-sans">{children}</body>
    </html>
  );
}
