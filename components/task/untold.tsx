import { Notice } from "@/components/ui/notice";

/** What the issue says is older than what this page says. */
export default function Untold({ why }: { why: string }) {
  return (
    <Notice tone="waiting" className="">
      Porter could not write this on the issue, and no longer tries.
      <details className="mt-1">
        <summary className="cursor-pointer opacity-80">Why</summary>
        <p className="mt-1 break-words">{why}</p>
      </details>
    </Notice>
  );
}
