import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FAILURE_CODES, type FailureCode, FAILURES } from "@/lib/failures";
import { EVERY_WORK } from "@/lib/testing/every-work";
import { workLocationOf, type WorkFacts } from "@/lib/work-location";
import { locationWords } from "@/lib/location-words";
import { renderTrackingComment, withoutMarker } from "./tracking-comment";
import type { TrackingView } from "./tracking-view";
import { aTrackingView } from "@/server/testing/tracking-view";

/** What a text says of the work, as somebody reads it. */
const CLAIMS = {
  notPushed: /nothing was pushed|not on GitHub|is deleted|no changes needed/i,
  pushed: /work so far|work saved|the work is on|only the pull request is missing|branch is pushed/i,
  pull: /#12\b/,
  kept: /is kept|held back/i,
  canBeGot: /publish it|download it|see it/i,
};

type End = Partial<TrackingView>;
const failed = (failureCode: FailureCode): End => ({ status: "failed", failureCode });
/** Those with words of their own, and one with each kind of fix. */
const ENDS: End[] = [
  { status: "success" },
  { status: "timed_out", failureCode: "timed_out" },
  { status: "failed", failureCode: null },
  ...(["no_changes", "agent_asks", "stopped_by_user", "issue_closed", "waits_for_click"] as const).map(failed),
  ...(["push_rejected", "access_lost", "base_branch_missing", "permission_lost"] as const).map(failed),
];
/** All others read like one of these but for their sentence: each meets its share of the combinations. */
const OTHERS = FAILURE_CODES.map((code, nth) => ({
  end: failed(code),
  works: EVERY_WORK.filter((_, at) => at % 13 === nth % 13),
}));
const comment = (end: Partial<TrackingView>, facts: WorkFacts): string =>
  withoutMarker(
    renderTrackingComment(
      aTrackingView({
        ...end,
        phase: "done",
        where: workLocationOf(facts),
        pullRequest: facts.pull === null ? null : { ...facts.pull, title: "Fix it", draft: false },
      }),
    ),
  );

/** What may and what must be said, by the facts alone. */
function contradiction(said: string, { isSaving, pull, branch, set }: WorkFacts): string | null {
  const isOnGitHub = pull !== null || branch !== null;
  const isKept = set !== null && set.isThere && (set.files > 0 || set.heldBack > 0 || set.whyBundle !== null);
  if (isOnGitHub && CLAIMS.notPushed.test(said)) return "it is on GitHub";
  if (pull !== null && !CLAIMS.pull.test(said)) return "the pull request is not named";
  if (pull === null && CLAIMS.pull.test(said)) return "there is no pull request";
  if (branch === null && CLAIMS.pushed.test(said)) return "there is no branch";
  if (pull === null && branch !== null && !said.includes(branch.url)) return "the branch is not named";
  if (pull !== null && /only the pull request is missing|open it yourself/.test(said)) return "there is a pull request";
  if (isOnGitHub) return null;
  if (isSaving && (CLAIMS.notPushed.test(said) || CLAIMS.kept.test(said))) return "nobody knows yet";
  if (isSaving) return null;
  if (isKept && /nothing was pushed|no changes needed/i.test(said)) return "there is work";
  if (isKept && !said.includes("#work)")) return "the kept work is not linked";
  if (!isKept && (CLAIMS.kept.test(said) || CLAIMS.canBeGot.test(said))) return "nothing is kept";
  return null;
}

describe("what is said of where the work is", () => {
  it("contradicts no branch, change set, pull request or refusal, at any end", () => {
    for (const { end, works } of [...ENDS.map((one) => ({ end: one, works: EVERY_WORK })), ...OTHERS]) {
      for (const facts of works) {
        const said = comment(end, facts);
        const wrong = contradiction(said, facts);
        if (wrong !== null) expect.fail(`${wrong}: ${JSON.stringify([end, facts])}\n${said}`);
      }
    }
  });

  it("contradicts nothing on the page either, which stands beside the work", () => {
    for (const facts of EVERY_WORK) {
      const looks = { workUrl: null, installationUrl: "/account", stats: null, branchName: facts.branch?.name ?? "" };
      const { sentence, list } = locationWords(workLocationOf(facts), looks);
      const said = [sentence, ...list].map((saying) => JSON.stringify(saying)).join("\n");
      const wrong = contradiction(said, facts);
      if (wrong !== null && wrong !== "the kept work is not linked")
        expect.fail(`${wrong}: ${JSON.stringify(facts)}\n${said}`);
    }
  });

  it("is said by one function alone", () => {
    const root = join(import.meta.dirname, "../..");
    const files = globSync("{lib,server,components,app,agent-image}/**/*.{ts,tsx}", { cwd: root });
    const says = /["'`>][^"'`]*\b(nothing was|nothing is|not|branch is) pushed\b/i;
    const code = files.filter((file) => !/\.test\.tsx?$|node_modules/.test(file));
    expect(
      code.filter((file) =>
        says.test(readFileSync(join(root, file), "utf8").replaceAll(/\/\*\*[^]*?\*\/|\/\/.*/g, "")),
      ),
    ).toEqual(["lib/location-words.ts"]);
  });

  it("stays within a comment's lines, whatever GitHub named", () => {
    for (const end of ENDS) {
      for (const facts of EVERY_WORK.filter(({ isSaving }) => !isSaving)) {
        const said = comment(end, facts);
        expect(said.split("\n").length, said).toBeLessThanOrEqual(12);
        expect(said).not.toMatch(/(^|[^A-Za-z0-9])@octocat/);
      }
    }
  });

  it("is said by no failure's own sentence", () => {
    for (const code of FAILURE_CODES) {
      const { sentence } = FAILURES[code];
      for (const claim of [CLAIMS.notPushed, CLAIMS.pushed, CLAIMS.kept, /push(ed|es)\b/i])
        expect(sentence).not.toMatch(claim);
    }
  });
});
