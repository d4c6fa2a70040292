import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { signedInPage } from "@/app/request-context";
import { PageBody } from "@/components/layout/shell";
import { TrpcProvider } from "@/components/layout/trpc-provider";
import { Wizard } from "@/components/onboarding/wizard";
import { sleepFor } from "@/lib/sleep";

export const metadata: Metadata = { title: "Set up" };

type Query = Promise<Record<string, string | string[] | undefined>>;

/** The page waits no longer for GitHub; the browser asks again. */
const GITHUB_MS = 1500;
const unanswered = async (ms: number): Promise<null> => {
  await sleepFor(ms);
  return null;
};

/** Sign-in leads here (`?from=sign-in`): on to the tasks for whoever has been through, else what is still to do. */
export default async function StartPage({ searchParams }: { searchParams: Query }) {
  const query = await searchParams;
  const isFromSignIn = query["from"] === "sign-in";
  const { api, login } = await signedInPage(isFromSignIn ? "/start?from=sign-in" : "/start");
  const [config, { tasks }] = await Promise.all([api.config.get(), api.tasks.list({ limit: 1 })]);
  const [newest] = tasks;
  // A mention may come before everything else: its task waits for what the steps ask.
  const hasRun = newest !== undefined && newest.blockedReason === undefined;
  // Under its own address: whoever loads the steps again later wants the steps.
  if (isFromSignIn) redirect(hasRun || config.onboarding.completed ? "/tasks" : "/start");
  const diagnostics = await Promise.race([api.account.diagnostics().catch(() => null), unanswered(GITHUB_MS)]);
  return (
    <PageBody>
      <TrpcProvider>
        {" "}
        <Wizard
          login={login}
          initial={{ config, task: newest ?? null, diagnostics }}
          install={typeof query["install"] === "string" ? query["install"] : null}
        />
      </TrpcProvider>
    </PageBody>
  );
}
