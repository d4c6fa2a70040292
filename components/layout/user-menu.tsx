"use client";
import { LogOut, Settings, UserRound } from "lucide-react";
import Link from "next/link";
import { ThemeSwitch } from "./theme-switch";

const ID = "user-menu";
const item =
  "flex h-8 w-full items-center gap-2 rounded-sm px-2 text-sm hover:bg-hover [&_svg]:size-3.5 [&_svg]:text-soft";
const close = () => document.getElementById(ID)?.hidePopover();

/** The platform's popover: it closes by itself and needs no script to open. */
export function UserMenu({ login }: { login: string }) {
  return (
    <>
      <button
        type="button"
        popoverTarget={ID}
        aria-label={`Account of ${login}`}
        className="flex size-7 items-center justify-center rounded-full bg-ink text-xs font-semibold text-bg uppercase"
      >
        {login.slice(0, 1)}
      </button>
      <div
        id={ID}
        popover="auto"
        className="fixed inset-auto top-12 right-3 m-0 w-64 rounded-lg bg-raised p-1.5 shadow-float"
      >
        <p className="truncate px-2 pt-1 pb-2 text-soft">
          Signed in as <strong className="font-medium text-ink">{login}</strong>
        </p>
        <Link href="/settings" className={item} onClick={close}>
          <Settings aria-hidden />
          Settings
        </Link>
        <Link href="/account" className={item} onClick={close}>
          <UserRound aria-hidden />
          Account
        </Link>
        <div className="px-0.5 py-1.5">
          <ThemeSwitch />
        </div>
        <form method="post" action="/api/auth/logout">
          <button type="submit" className={item}>
            <LogOut aria-hidden />
            Sign out
          </button>
        </form>
      </div>
    </>
  );
}
