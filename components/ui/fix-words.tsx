import { type Fix, isWay } from "@/lib/fix";
import { FixLink } from "./fix-link";

/** What to do about a problem, after its sentence. */
export function FixWords({ fix }: { fix: Fix }) {
  if (isWay(fix)) return <FixLink fix={fix} className="link font-medium" />;
  if (fix.kind === "advice") return <span className="text-soft">{fix.advice}</span>;
  return (
    <span className="text-soft">
      Comment <code className="font-mono text-xs">{fix.command}</code> on the issue.
    </span>
  );
}
