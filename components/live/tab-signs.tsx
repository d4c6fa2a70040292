"use client";
import { usePathname } from "next/navigation";
import { useEffect } from "react";
import type { TaskCounts } from "@/lib/task-pages";
import { titleWith } from "./tab-title";

const BLUE = "#1f53db";
const AMBER = "#e0a11b";

/** The icon with a number on it: what needs the reader, in amber, else what runs, in blue. */
const iconWith = ({ colour, ink, count }: { colour: string; ink: string; count: number }) =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#17181c"/><path d="M7.2 20.2 9.2 10a2 2 0 0 1 2-1.6h9.6a2 2 0 0 1 2 1.6l2 10.2Z" fill="#fdfcfb"/><path d="M6 21.6h20V23a2.4 2.4 0 0 1-2.4 2.4H8.4A2.4 2.4 0 0 1 6 23Z" fill="#71a9fc"/><circle cx="21" cy="11" r="11" fill="${colour}"/><text x="21" y="17" text-anchor="middle" font-family="system-ui,sans-serif" font-weight="700" font-size="17" fill="${ink}">${count > 9 ? "9+" : count}</text></svg>`,
  )}`;

/** The tab's title and icon say what runs and what needs the reader, for when the page is not in sight. */
export function TabSigns({ counts }: { counts: TaskCounts }) {
  const pathname = usePathname();
  const { attention, running } = counts;
  useEffect(() => {
    const apply = () => {
      const wanted = titleWith({ attention, running }, document.title);
      if (document.title !== wanted) document.title = wanted;
    };
    apply();
    // Next writes the title of a page whenever it is shown.
    const observer = new MutationObserver(apply);
    observer.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => observer.disconnect();
  }, [attention, running, pathname]);
  useEffect(() => {
    if (attention + running === 0) return;
    const link = document.createElement("link");
    link.rel = "icon";
    link.type = "image/svg+xml";
    link.href =
      attention > 0
        ? iconWith({ colour: AMBER, ink: "#17181c", count: attention })
        : iconWith({ colour: BLUE, ink: "#fff", count: running });
    document.head.appendChild(link);
    return () => void link.remove();
  }, [attention, running]);
  return null;
}
