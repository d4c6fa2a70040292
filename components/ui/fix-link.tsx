import Link from "next/link";
import { addressOf, linkWords, type Way } from "@/lib/fix";

type FixLinkProps = { fix: Way; className: string; words?: string; onClick?: () => void };

/** The way out as a link. Only Porter's own pages are Next's to fetch ahead. */
export function FixLink({ fix, className, words = linkWords(fix), ...link }: FixLinkProps) {
  if (fix.kind !== "page")
    return (
      <a href={addressOf(fix)} className={className}>
        {words}
      </a>
    );
  return (
    <Link href={fix.path} prefetch={false} className={className} {...link}>
      {words}
    </Link>
  );
}
