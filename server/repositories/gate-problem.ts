import { CLOSED_ISSUE } from "@/lib/closed-issue";
import { type FailureInfo, FAILURES } from "@/lib/failures";
import { adviceFix, isWay } from "@/lib/fix";
import { AppError } from "@/server/errors";
import { problemOfGitHub } from "@/server/identity/user-token";
import type { GateAnswer } from "./gate";

/** What a person is told for whom the gate stayed shut. */
export function problemOfGate(answer: Exclude<GateAnswer<unknown>, { is: "granted" }>): AppError {
  if (answer.is === "unknown") {
    const { error } = answer;
    if (error.failure.kind === "limited") return problemOfGitHub(error);
    return new AppError("unavailable", "GitHub does not answer just now.", {
      fix: adviceFix("Try again."),
      cause: error,
    });
  }
  const { code } = answer;
  if (code === "issue_missing") return new AppError("not_found", "There is no such issue.", { field: "issueNumber" });
  if (code === "issue_closed") return new AppError("conflict", CLOSED_ISSUE, { field: "issueNumber" });
  const field = "repository";
  if (code === "permission_lost")
    return new AppError("forbidden", "Only people who can write to this repository can start work in it.", { field });
  const { sentence, fix }: FailureInfo = FAILURES[code];
  const kind = code === "repository_archived" ? "conflict" : "forbidden";
  return new AppError(kind, sentence, { field, ...(fix !== null && isWay(fix) ? { fix } : {}) });
}
