import type { Retried } from "@/components/layout/palette";
import type { IssueReference } from "./issue-reference";

/** `command` is text that begins with the mention, kept on the way to the review. */
export type PaletteView =
  | { page: "root" }
  | { page: "repository"; command: string }
  | { page: "issue"; repository: string; command: string }
  | { page: "review"; issue: IssueReference; command: string; retryOf?: Retried };

export type PageProps = {
  go: (view: PaletteView) => void;
  close: () => void;
  /** From where addresses of issues can be pasted. */
  github: string;
  /** What the first page begins with. */
  typed: string;
};
