import type { IncomingHttpHeaders } from "node:http";
import { verifyAppJwt } from "./app-jwt.ts";
import { type GitHubActor, problemAnswer, HttpRefusal } from "./exchange.ts";
import type { GitHubWorld } from "./world.ts";

/** The token in an authorization header: Bearer, `token`, or Basic with the token as password or as user name. */
function presentedToken(header: string): string {
  const basic = /^basic\s+(.+)$/i.exec(header)?.[1];
  if (basic === undefined) return header.replace(/^(bearer|token)\s+/i, "").trim();
  const pair = Buffer.from(basic, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  const [user, password] = [pair.slice(0, colon), pair.slice(colon + 1)];
  return password === "" || password === "x-oauth-basic" ? user : password;
}

/** Who sends a request. Refuses with 401 whatever is not a live token or a valid JWT of our App. */
export async function resolveActor(world: GitHubWorld, headers: IncomingHttpHeaders): Promise<GitHubActor> {
  if (headers.authorization === undefined) return { kind: "anonymous" };
  const token = presentedToken(headers.authorization);
  if (token.startsWith("eyJ")) {
    const verdict = verifyAppJwt(world.seed.app, token);
    if (verdict.kind === "invalid") throw new HttpRefusal(problemAnswer(verdict.status, verdict.message));
    return { kind: "app", authorization: await world.emulator.app() };
  }
  const grant = world.tokens.find(token);
  if (grant === undefined) throw new HttpRefusal(problemAnswer(401, "Bad credentials"));
  if (grant.kind === "user") {
    const { login, scopes, issuedTo } = grant;
    return { kind: "user", token, login, scopes, issuedTo, authorization: `Bearer ${grant.innerToken}` };
  }
  const { installationId, permissions, innerToken } = grant;
  return { kind: "installation", token, installationId, permissions, authorization: `Bearer ${innerToken}` };
}

/** The emulator takes an installation's token for its owner on a user's own paths; GitHub refuses it there. A number names anybody. */
export function refuseForeignPaths(actor: GitHubActor, path: string): void {
  if (actor.kind === "installation" && /^\/user(\/(?!\d+$)|$)/.test(path)) {
    throw new HttpRefusal(problemAnswer(403, "Resource not accessible by integration"));
  }
}
