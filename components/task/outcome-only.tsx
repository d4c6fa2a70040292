import { Notice } from "@/components/ui/notice";

/** Why the rest of the page is empty. */
export default function OutcomeOnly() {
  return (
    <Notice tone="waiting" className="">
      GitHub does not say that you can read this repository any more: of this run you see the outcome, the time and the
      cost.
    </Notice>
  );
}
