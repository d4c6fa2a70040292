import { createHash } from "node:crypto";
import { z } from "zod";
import {
  type HttpAnswer,
  emptyAnswer,
  type HttpExchange,
  isRecord,
  jsonAnswer,
  parseJson,
  problemAnswer,
} from "./exchange.ts";
import { passOn } from "./proxy.ts";
import { defineRoute, type HttpRoute } from "./routes.ts";
import { userSchema, type GitHubWorld } from "./world.ts";

const tokenSchema = z.looseObject({ access_token: z.string(), scope: z.string() });

type Challenges = {
  /** By `state`, between the authorize page and its form. */
  waiting: Map<string, string>;
  /** By authorization code. */
  bound: Map<string, string>;
};

/** GitHub's web flow over the emulator's: PKCE, client credentials by Basic too, and every issued token known. */
export function oauthRoutes(world: GitHubWorld): HttpRoute[] {
  const challenges: Challenges = { waiting: new Map(), bound: new Map() };
  return [
    defineRoute("GET", "/login/oauth/authorize", async (exchange) => {
      const challenge = exchange.query.get("code_challenge");
      if (challenge !== null) challenges.waiting.set(exchange.query.get("state") ?? "", challenge);
      const query = new URLSearchParams(exchange.query);
      // GitHub falls back to the App's first callback URL.
      if (!query.has("redirect_uri")) query.set("redirect_uri", world.redirectUri);
      return passOn(world, { ...exchange, query });
    }),
    defineRoute("POST", "/login/oauth/callback", async (exchange) => {
      const answer = await passOn(world, exchange);
      const code = URL.parse(answer.headers.location ?? "")?.searchParams.get("code");
      const state = new URLSearchParams(exchange.body.toString("utf8")).get("state") ?? "";
      const challenge = challenges.waiting.get(state);
      if (typeof code === "string" && challenge !== undefined) challenges.bound.set(code, challenge);
      challenges.waiting.delete(state);
      return answer;
    }),
    defineRoute("POST", "/login/oauth/access_token", (exchange) => answerToken(world, exchange, challenges)),
    defineRoute("DELETE", "/applications/:client/grant", (exchange) => revokeGrant(world, exchange)),
  ];
}

/** The form or JSON that asks for a token, with client credentials from the Basic header when they stand there. */
function tokenRequest(exchange: HttpExchange): Record<string, string> {
  const text = exchange.body.toString("utf8");
  const parsed = exchange.headers["content-type"]?.includes("json") === true ? parseJson(exchange.body) : undefined;
  const fields = isRecord(parsed) ? Object.entries(parsed) : [...new URLSearchParams(text)];
  const request = Object.fromEntries(fields.map(([name, value]): [string, string] => [name, String(value)]));
  const basic = /^basic (.+)$/i.exec(exchange.headers.authorization ?? "")?.[1];
  if (basic === undefined) return request;
  const [id = "", secret = ""] = Buffer.from(basic, "base64").toString("utf8").split(":");
  return { ...request, client_id: decodeURIComponent(id), client_secret: decodeURIComponent(secret) };
}

async function answerToken(world: GitHubWorld, exchange: HttpExchange, challenges: Challenges): Promise<HttpAnswer> {
  const request = tokenRequest(exchange);
  if (request.grant_type === "refresh_token") return inWantedForm(exchange, refresh(world, request));
  const challenge = challenges.bound.get(request.code ?? "");
  const verifier = createHash("sha256")
    .update(request.code_verifier ?? "")
    .digest("base64url");
  if (challenge !== undefined && challenge !== verifier) {
    const description = "The code passed is incorrect or expired.";
    return inWantedForm(exchange, { error: "bad_verification_code", error_description: description });
  }
  const answer = await passOn(world, {
    ...exchange,
    headers: { accept: "application/json", "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(request)),
  });
  const body = parseJson(answer.body);
  const issued = tokenSchema.safeParse(body);
  if (issued.success) return inWantedForm(exchange, await issue(world, issued.data));
  return isRecord(body) ? inWantedForm(exchange, body) : answer;
}

/** What a sign-in gives: the emulator's token to a classic OAuth app, expiring tokens of ours to the GitHub App. */
async function issue(world: GitHubWorld, emulated: z.infer<typeof tokenSchema>): Promise<Record<string, unknown>> {
  const { access_token: innerToken, scope } = emulated;
  const user = await world.emulator.read(userSchema, "/user", `Bearer ${innerToken}`);
  if (user === undefined) throw new Error("the emulator does not know the token it issued");
  if (world.seed.oauth === "app") return pairOf(world, user.login, innerToken);
  const scopes = scope.split(/[\s,]+/).filter((name) => name !== "");
  const { login } = user;
  const issuedTo = "classic" as const;
  world.tokens.add({ kind: "user", token: innerToken, innerToken, login, scopes, issuedTo, expiresAtMs: null });
  return emulated;
}

/** The answer to a GitHub App's sign-in or refresh; scopes are for classic OAuth apps. */
function pairOf(world: GitHubWorld, login: string, innerToken: string): Record<string, unknown> {
  const { access, refresh } = world.tokens.issueUserTokens(login, innerToken);
  const secondsUntil = (at: number | null): number => Math.round(((at ?? 0) - Date.now()) / 1000);
  return {
    access_token: access.token,
    expires_in: secondsUntil(access.expiresAtMs),
    refresh_token: refresh.refreshToken,
    refresh_token_expires_in: secondsUntil(refresh.expiresAtMs),
    scope: "",
    token_type: "bearer",
  };
}

function refresh(world: GitHubWorld, request: Record<string, string>): Record<string, unknown> {
  const { clientId, clientSecret } = world.seed.app;
  if (request.client_id !== clientId || request.client_secret !== clientSecret) {
    const error_description = "The client_id and/or client_secret passed are incorrect.";
    return { error: "incorrect_client_credentials", error_description };
  }
  const taken = world.tokens.takeRefresh(request.refresh_token ?? "");
  if (taken === undefined) {
    const error_description = "The refresh token passed is incorrect or expired.";
    return { error: "bad_refresh_token", error_description };
  }
  return pairOf(world, taken.login, taken.innerToken);
}

/** `DELETE /applications/{client_id}/grant`, by the client itself: every token of the person that the app holds ends. */
function revokeGrant(world: GitHubWorld, exchange: HttpExchange): HttpAnswer {
  const { client_id: id, client_secret: secret, access_token: token } = tokenRequest(exchange);
  const { clientId, clientSecret } = world.seed.app;
  if (id !== clientId || secret !== clientSecret || !exchange.path.includes(`/${clientId}/`))
    return problemAnswer(404, "Not Found");
  const grant = world.tokens.find(token ?? "");
  if (grant?.kind !== "user") return problemAnswer(422, "Validation Failed", []);
  world.tokens.disconnect(grant.login);
  return emptyAnswer(204);
}

/** GitHub answers as a form unless JSON is asked for. */
function inWantedForm(exchange: HttpExchange, body: Record<string, unknown>): HttpAnswer {
  if (exchange.headers.accept?.includes("json") === true) return jsonAnswer(200, body);
  const form = new URLSearchParams(Object.entries(body).map(([name, value]) => [name, String(value)]));
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  return { status: 200, headers, body: Buffer.from(form.toString()) };
}
