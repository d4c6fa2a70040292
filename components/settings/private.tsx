import { Lock } from "lucide-react";

/** Beside a repository's name. */
export const Private = () => (
  <>
    <Lock aria-hidden className="size-3.5! shrink-0 text-faint" />
    <span className="sr-only">private</span>
  </>
);
