import type { Metadata } from "next";
import type { ReactNode } from "react";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Porter", template: "%s · Porter" },
  description: "Comment @porter on a GitHub issue and get a pull request back",
};

/** No page is made ahead: each one's scripts carry the nonce of its own request (server/security-headers.ts). */
export const dynamic = "force-dynamic";

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body className="bg-white text-neutral-900 antialiased dark:bg-neutral-950 dark:text-neutral-100">
        {children}
      </body>
    </html>
  );
}
