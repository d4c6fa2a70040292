import Link from "next/link";
import type { ReactNode } from "react";

/** Leads to the part of the page that has the whole. */
export const More = ({ path, children }: { path: string; children: ReactNode }) => (
  <Link href={path} scroll={false} prefetch={false} className="mt-1 inline-block text-xs text-soft hover:text-ink">
    {children}
  </Link>
);
