import type { WhyBundle } from "./change-set-judgement.ts";
import type { TextPiece, RichText } from "./rich-text.ts";
import type { WorkRefusal } from "./work-refusal.ts";

/** Addresses of this task and its repository. `compare` opens the pull request in one click, once there is a branch. */
export type WorkAddresses = { compare: string | null; installation: string };

/** `list`: what GitHub named, one a line. `folded`: its words for us, which are of no use to most people. */
export type RefusalWords = { sentence: RichText; list: RichText[]; folded: string | null };

/** Why the work is not on GitHub, or is not a pull request, and the way out as far as there is one. */
export function refusalWords(refusal: WorkRefusal, at: WorkAddresses): RefusalWords {
  const said = (sentence: RichText, list: RichText[] = []): RefusalWords => ({ sentence, list, folded: null });
  switch (refusal.kind) {
    case "waits_for_click":
      return said(["In this repository work is published after a click."]);
    case "rules":
      return said(
        ["Rules of the repository on GitHub refuse the branch", ...andList(refusal.rules)],
        lines(refusal.rules),
      );
    case "push_protection":
      return said(
        ["GitHub's push protection found what looks like a secret", ...andList(refusal.secrets)],
        refusal.secrets.map(({ what, address }) =>
          address === null
            ? [{ said: what }]
            : [{ said: what }, ": ", { words: "let it pass on GitHub", url: address }],
        ),
      );
    case "permission":
      return said([...lacks(refusal.permission, at), "."]);
    case "branch_moved":
      return said([
        "Somebody else has written to ",
        { code: refusal.branch },
        " since, and Porter writes over nobody's commits.",
      ]);
    case "branch_blocked":
      return said([
        "The branch ",
        { code: refusal.by },
        " leaves no room for Porter's: rename it, or set another prefix for Porter's branches.",
      ]);
    case "base_gone":
      return said(["The commit that the work stands on is not in the repository any more."]);
    case "tree_differs":
      return said(["GitHub made other files of it than the agent left, so Porter shows none of them there."]);
    case "too_large":
    case "cannot_be_judged":
    case "secrets_unknown":
      return said(bundleWords(refusal));
    case "broken":
      return said(["A part of what the machine handed over is missing or damaged."]);
    case "deleted":
      return said(["Its files are deleted."]);
    case "all_held_back":
      return said(["Everything in it is held back."]);
    case "still_held_back":
      return said(["It stays held back."]);
    case "pull_request_closed":
      return said(["The pull request is closed, and Porter adds nothing to a closed one."]);
    case "pull_request_permission":
      return said([...lacks(refusal.permission, at), ", so only the pull request is missing", ...byHand(at), "."]);
    case "pull_request_refused":
      return said(
        ["GitHub refused the pull request", ...byHand(at), ...andList(refusal.errors)],
        lines(refusal.errors),
      );
    case "github":
      return {
        ...said([
          at.compare === null ? "GitHub did not take the branch" : "GitHub did not take the pull request",
          ...byHand(at),
          ", and said nothing that Porter could act on.",
        ]),
        folded: refusal.message,
      };
  }
}

const andList = (list: readonly unknown[]): string[] => [list.length === 0 ? "." : ":"];
const lines = (list: readonly string[]): RichText[] => list.map((said) => [{ said }]);
const lacks = (permission: string, { installation }: WorkAddresses): TextPiece[] => [
  "Porter's GitHub App lacks the permission ",
  { code: permission },
  " here (",
  { words: "give it", url: installation },
  ")",
];
const byHand = ({ compare }: WorkAddresses): TextPiece[] =>
  compare === null ? [] : [" (", { words: "open it yourself", url: compare }, ")"];

/** Why Porter writes nothing of it. */
export function bundleWords(why: WhyBundle): RichText {
  switch (why.kind) {
    case "too_large":
      return [
        `It has ${Math.ceil(why.bytes / 1024 ** 2)} MB in ${why.paths.toLocaleString("en")} files, more than Porter writes.`,
      ];
    case "base_unknown":
      return ["It stands on a commit that the branch which the task works on does not have."];
    case "cannot_be_judged":
      return ["Porter cannot look at the whole of it, and writes nothing that it has not looked at."];
    case "secrets_unknown":
      return ["What the run was given is not known any more, so Porter cannot look for its keys in it."];
  }
}
