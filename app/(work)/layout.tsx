import type { ReactNode } from "react";
import { pageContext, pageCounts } from "@/app/request-context";
import { Shell } from "@/components/layout/shell";
import { MentionProvider } from "@/components/layout/mention";
import { LiveProvider } from "@/components/live/live-provider";
import { Notice } from "@/components/ui/notice";
import { mentionNames } from "@/lib/mention-names";
import { NOT_LISTED } from "@/lib/people";
import { listingOf } from "@/server/identity/may-use";

/** One frame and one stream for tasks and history, so that going between them keeps what is known. */
export default async function WorkLayout({ children }: { children: ReactNode }) {
  const context = await pageContext();
  // Without a session the page itself sends people to sign in: it alone knows the way back.
  if (context.actor.kind !== "user") return children;
  const isListed = listingOf(context, context.actor.userId) !== "no";
  const counts = await pageCounts();
  return (
    <MentionProvider names={mentionNames(context.env)}>
      <Shell login={context.actor.login} now={context.clock.now().getTime()} githubUrl={context.env.GITHUB_URL}>
        {isListed ? null : (
          <div className="mx-auto max-w-page px-4">
            <Notice tone="waiting" className="mt-4">
              {NOT_LISTED} Nothing new can be started or saved; what is yours you can still see, stop and delete.
            </Notice>
          </div>
        )}
        <LiveProvider counts={counts}>{children}</LiveProvider>
      </Shell>
    </MentionProvider>
  );
}
