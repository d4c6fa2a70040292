import type { ReactNode } from "react";
import { pageContext } from "@/app/request-context";
import { Shell } from "@/components/layout/shell";

/** One frame for tasks and history, so that going between them keeps the connection and what is known. */
export default async function WorkLayout({ children }: { children: ReactNode }) {
  const { actor, clock } = await pageContext();
  // Without a session the page itself sends people to sign in: it alone knows the way back.
  if (actor.kind !== "user") return children;
  return (
    <Shell login={actor.login} now={clock.now().getTime()}>
      {children}
    </Shell>
  );
}
