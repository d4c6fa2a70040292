"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { SECTIONS } from "./sections";

const PAGES = [
  ...Object.entries(SECTIONS).map(([id, word]) => ({ href: `/settings/${id}`, word })),
  { href: "/account", word: "Account" },
];

/** At the side, or above where it is narrow. */
export function SettingsNav() {
  const pathname = usePathname();
  const here = pathname === "/settings" ? "/settings/agents" : pathname;
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const current = here === "" ? null : nav.current?.querySelector("[aria-current]");
    current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [here]);
  return (
    <nav
      ref={nav}
      aria-label="Settings"
      className="-mx-4 mb-4 flex gap-1 overflow-x-auto px-4 pb-1 md:sticky md:top-17 md:mx-0 md:mb-0 md:w-44 md:flex-col md:self-start md:overflow-visible md:p-0"
    >
      {PAGES.map(({ href, word }) => (
        <Link
          key={href}
          href={href}
          aria-current={href === here ? "page" : undefined}
          className="flex h-8 shrink-0 items-center rounded-md px-2.5 whitespace-nowrap text-soft hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:font-medium aria-[current=page]:text-ink"
        >
          {word}
        </Link>
      ))}
    </nav>
  );
}
