import type { Actor } from "@/server/context";
import { AppError } from "@/server/errors";

/** The signed-in person. Throws `unauthenticated` for everybody else. */
export function requireUser(actor: Actor): Extract<Actor, { kind: "user" }> {
  if (actor.kind !== "user") throw new AppError("unauthenticated", "Sign in first.", { fix: "/api/auth/github" });
  return actor;
}
