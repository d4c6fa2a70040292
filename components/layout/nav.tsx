"use client";
import clsx from "clsx";
import { ChartNoAxesColumn, ListChecks, Plus, Settings } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { PendingLinkSign } from "./page-slot";
import { openPalette } from "./palette";

const PAGES = [
  { href: "/tasks", word: "Tasks", Icon: ListChecks },
  { href: "/history", word: "History", Icon: ChartNoAxesColumn },
  { href: "/settings", word: "Settings", Icon: Settings },
] as const;

const isAt = (pathname: string, href: string) => pathname === href || pathname.startsWith(`${href}/`);

export function TopNav() {
  const pathname = usePathname();
  return (
    <nav aria-label="Main" className="hidden items-center gap-1 sm:flex">
      {PAGES.map(({ href, word }) => (
        <Link
          key={href}
          href={href}
          aria-current={isAt(pathname, href) ? "page" : undefined}
          className="rounded-md px-2 py-1 text-soft hover:text-ink aria-[current=page]:font-medium aria-[current=page]:text-ink"
        >
          {word}
          <PendingLinkSign />
        </Link>
      ))}
    </nav>
  );
}

const tab =
  "flex min-w-0 flex-col items-center justify-center gap-0.5 text-2xs text-soft aria-[current=page]:font-medium aria-[current=page]:text-ink [&_svg]:size-5";

/** Under the thumb on a phone. */
export function BottomBar() {
  const pathname = usePathname();
  const [tasks, ...others] = PAGES;
  const link = ({ href, word, Icon }: (typeof PAGES)[number]) => (
    <Link key={href} href={href} aria-current={isAt(pathname, href) ? "page" : undefined} className={tab}>
      <Icon aria-hidden />
      {word}
      <PendingLinkSign />
    </Link>
  );
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-30 short:static grid h-14 grid-cols-4 border-t border-line bg-bg pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      {link(tasks)}
      <button type="button" className={clsx(tab, "cursor-pointer")} onClick={() => openPalette("dispatch")}>
        <Plus aria-hidden />
        New
      </button>
      {others.map(link)}
    </nav>
  );
}
