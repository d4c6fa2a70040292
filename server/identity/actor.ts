import type { Actor, AppContext } from "@/server/context";
import { AppError } from "@/server/errors";
import { adviceFix } from "@/lib/fix";

/** The signed-in person. Throws `unauthenticated` for everybody else. */
export function requireUser(actor: Actor): Extract<Actor, { kind: "user" }> {
  if (actor.kind !== "user")
    throw new AppError("unauthenticated", "Sign in first.", {
      fix: { kind: "reconnect", label: "sign in", path: "/api/auth/github" },
    });
  return actor;
}

/** Whether this is one of the people, or the script, that run this Porter. */
export const isOperator = ({ actor, env }: Pick<AppContext, "actor" | "env">): boolean =>
  actor.kind === "operator" || (actor.kind === "user" && env.PORTER_OPERATORS.includes(actor.userId));

/** Throws `unauthenticated` for nobody and `forbidden` for everybody else who is no operator. */
export function requireOperator(context: Pick<AppContext, "actor" | "env">): void {
  if (isOperator(context)) return;
  requireUser(context.actor);
  throw new AppError("forbidden", "This is for the operators of this Porter.", {
    fix: adviceFix("Operators are the numeric GitHub ids in PORTER_OPERATORS."),
  });
}
