"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { ZONE_COOKIE } from "@/lib/zone";

const YEAR_S = 31_536_000;

/** Tells the server in which zone the reader's days begin. A page of days that was made in another is made again. */
export function ZoneKeeper() {
  const router = useRouter();
  useEffect(() => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const known = new RegExp(`(?:^|; )${ZONE_COOKIE}=([^;]*)`).exec(document.cookie)?.[1] ?? "UTC";
    if (known === timeZone) return;
    document.cookie = `${ZONE_COOKIE}=${timeZone}; path=/; max-age=${YEAR_S}; samesite=lax`;
    if (window.location.pathname === "/history" || window.location.search !== "") router.refresh();
  }, [router]);
  return null;
}
