import Link from "next/link";
import type { ReactNode } from "react";
import { ClockProvider } from "./clock";
import { TrpcProvider } from "./trpc-provider";

/** The frame of every page behind the session. `now`: ms, the server's clock. */
export function Shell({ login, now, children }: { login: string; now: number; children: ReactNode }) {
  return (
    <TrpcProvider>
      <ClockProvider now={now}>
        <header className="border-b border-neutral-200 dark:border-neutral-800">
          <nav aria-label="Main" className="mx-auto flex h-12 max-w-5xl items-center gap-5 px-4 text-sm">
            <Link href="/" className="font-semibold">
              Porter
            </Link>
            <Link href="/tasks" className="hover:underline">
              Tasks
            </Link>
            <Link href="/settings" className="hover:underline">
              Settings
            </Link>
            <span className="ml-auto text-neutral-600 dark:text-neutral-400">{login}</span>
            <form method="post" action="/api/auth/logout">
              <button type="submit" className="cursor-pointer hover:underline">
                Sign out
              </button>
            </form>
          </nav>
        </header>
        <main className="mx-auto max-w-5xl px-4 py-6">{children}</main>
      </ClockProvider>
    </TrpcProvider>
  );
}
