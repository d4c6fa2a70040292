import { Landing } from "@/components/landing/landing";
import { GITHUB_AWAY } from "@/lib/account";
import { sameOriginPath } from "@/lib/same-origin-path";
import { NOT_LISTED_ERROR } from "@/lib/people";
import { pageContext } from "./request-context";

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function FrontPage({ searchParams }: { searchParams: Query }) {
  const { actor, env } = await pageContext();
  const query = await searchParams;
  const wanted =
    typeof query["callbackUrl"] === "string" ? sameOriginPath(query["callbackUrl"], "/tasks", env.PUBLIC_URL) : null;
  // With the public origin: its cookies would not come along to another name of this host.
  // /start sends whoever has been through it on to the tasks.
  const signInUrl = `${env.PUBLIC_URL}/api/auth/github?callbackUrl=${encodeURIComponent(wanted ?? "/start?from=sign-in")}`;
  const login = actor.kind === "user" ? actor.login : null;
  return (
    <Landing
      mention={env.MENTION}
      login={login}
      signInUrl={signInUrl}
      returning={wanted !== null}
      failed={failureOf(query["error"])}
    />
  );
}

function failureOf(error: string | string[] | undefined) {
  if (error === undefined) return null;
  return error === GITHUB_AWAY || error === NOT_LISTED_ERROR ? error : "other";
}
