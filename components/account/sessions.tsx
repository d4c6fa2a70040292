"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Time } from "@/components/layout/clock";
import { problemSentence } from "@/components/layout/problem";
import { useTRPC } from "@/components/layout/trpc-provider";
import { SettingsSection } from "@/components/settings/field-row";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { showToast } from "@/components/ui/toast";
import type { SessionView } from "@/lib/account";
import { browserName } from "./browser-name";

/** Signed-in browsers; each can be ended, this one by signing out. */
export function Sessions({ login, initial }: { login: string; initial: SessionView[] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data } = useQuery(trpc.session.list.queryOptions(undefined, { initialData: { sessions: initial } }));
  const end = useMutation(
    trpc.session.end.mutationOptions({
      onSettled: () => queryClient.invalidateQueries(trpc.session.list.queryFilter()),
    }),
  );
  const endOne = (session: SessionView) =>
    end.mutate(
      { sessionId: session.id },
      {
        onSuccess: () => showToast(`Signed out of ${browserName(session.userAgent)}.`),
        onError: (error) => showToast(problemSentence(error), { tone: "bad" }),
      },
    );
  const sessions = data.sessions.toSorted((one, two) => Number(two.current) - Number(one.current));
  return (
    <SettingsSection id="sessions" title="Account and sessions" lead={`You are ${login} on GitHub. Signed in here:`}>
      <ul className="divide-y divide-line">
        {sessions.map((session) => (
          <li key={session.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-3">
            <span className="min-w-0 flex-1 basis-60">
              <span className="font-medium">{browserName(session.userAgent)}</span>{" "}
              {session.current ? <Badge>this one</Badge> : null}
              <span className="block text-soft">
                Signed in <Time at={session.createdAt} />, last seen <Time at={session.lastSeenAt} />
              </span>
            </span>
            {session.current ? (
              <form method="post" action="/api/auth/logout">
                <Button type="submit">Sign out</Button>
              </form>
            ) : (
              <ConfirmButton
                label="End"
                question="It must sign in again."
                confirm="End it"
                disabled={end.isPending}
                onConfirm={() => endOne(session)}
              />
            )}
          </li>
        ))}
      </ul>
    </SettingsSection>
  );
}
