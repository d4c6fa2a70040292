"use client";
import { usePathname } from "next/navigation";
import { useEffect } from "react";
import type { TaskCounts } from "@/lib/task-pages";

const BLUE = "#1f53db";
const AMBER = "#e0a11b";

/** The icon with a dot while work goes on, in amber when something needs the reader. */
const iconWith = (colour: string) =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#17181c"/><path d="M7.2 20.2 9.2 10a2 2 0 0 1 2-1.6h9.6a2 2 0 0 1 2 1.6l2 10.2Z" fill="#fdfcfb"/><path d="M6 21.6h20V23a2.4 2.4 0 0 1-2.4 2.4H8.4A2.4 2.4 0 0 1 6 23Z" fill="#71a9fc"/><circle cx="24" cy="8" r="7.5" fill="#fff"/><circle cx="24" cy="8" r="6" fill="${colour}"/></svg>`,
  )}`;

const prefixOf = ({ running, attention }: TaskCounts) =>
  [...(attention > 0 ? [`!${attention}`] : []), ...(running > 0 ? [`▸${running}`] : [])].join(" ");

/** The tab's title and icon say what runs and what needs the reader, for when the page is not in sight. */
export function TabSigns({ counts }: { counts: TaskCounts }) {
  const pathname = usePathname();
  const prefix = prefixOf(counts);
  useEffect(() => {
    const apply = () => {
      const plain = document.title.replace(/^\([^)]*\) /, "");
      const wanted = prefix === "" ? plain : `(${prefix}) ${plain}`;
      if (document.title !== wanted) document.title = wanted;
    };
    apply();
    // Next writes the title of a page whenever it is shown.
    const observer = new MutationObserver(apply);
    observer.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => observer.disconnect();
  }, [prefix, pathname]);
  const colour = counts.attention > 0 ? AMBER : counts.running > 0 ? BLUE : null;
  useEffect(() => {
    if (colour === null) return;
    const link = document.createElement("link");
    link.rel = "icon";
    link.type = "image/svg+xml";
    link.href = iconWith(colour);
    document.head.appendChild(link);
    return () => void link.remove();
  }, [colour]);
  return null;
}
