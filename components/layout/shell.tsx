import Link from "next/link";
import type { ReactNode } from "react";
import { PaletteHost } from "@/components/dispatch/palette-host";
import { ConnectionDot } from "@/components/live/connection-dot";
import { HydrationSignal } from "./hydration-signal";
import { ClockProvider } from "./clock";
import { CommandButtons } from "./command-button";
import { Early } from "./early";
import { IdleParts } from "./idle-parts";
import { Logo } from "./logo";
import { MissingPart } from "./missing-part";
import { ReloadOnAccountChange } from "./reload-on-account-change";
import { BottomBar, TopNav } from "./nav";
import { PageSlot } from "./page-slot";
import { UserMenu } from "./user-menu";

type ShellProps = { login: string; now: number; githubUrl: string; children: ReactNode };

/**
 * The frame of every page behind the session: a bar of 48 px, on a phone a second one under the thumb. Pages bring
 * their own `<main>` by `PageBody`. `now`: ms, the server's clock. `githubUrl`: from where addresses of issues can be pasted.
 */
export function Shell({ login, now, githubUrl, children }: ShellProps) {
  return (
    <ClockProvider now={now}>
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-ink px-3 py-2 text-bg focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to content
      </a>
      <Early />
      <header className="sticky top-0 z-30 short:static flex h-12 items-center gap-2 border-b border-line bg-bg px-3 sm:gap-3 sm:px-4">
        <Link href="/tasks" className="mr-1 flex items-center gap-2 rounded-md font-semibold tracking-tight">
          <Logo className="size-5" />
          Porter
        </Link>
        <TopNav />
        {/* Every part's place is known before it comes; a longer word of the dot reaches to the left. */}
        <div className="ml-auto grid grid-cols-[1rem_1.75rem_1.75rem] items-center justify-items-end gap-2 sm:grid-cols-[1rem_9rem_5.75rem_1.75rem]">
          <ConnectionDot />
          <CommandButtons />
          <UserMenu login={login} />
        </div>
      </header>
      <PageSlot>{children}</PageSlot>
      <BottomBar />
      <IdleParts />
      <MissingPart />
      <PaletteHost login={login} githubUrl={githubUrl} />
      <ReloadOnAccountChange login={login} />
      <HydrationSignal />
    </ClockProvider>
  );
}

/** The content of a page in the frame: 1,280 px wide at most, or `full` for what uses the whole screen. */
export const PageBody = ({ width = "page", children }: { width?: "page" | "full"; children: ReactNode }) => (
  <main
    id="content"
    className={`mx-auto px-4 pt-5 pb-24 sm:pb-12 [&:has(search[aria-busy=true])_:is(ul,table)]:opacity-60 ${width === "page" ? "max-w-page" : ""}`}
  >
    {children}
  </main>
);
