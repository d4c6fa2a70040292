import { createHash } from "node:crypto";
import { z } from "zod";
import { type Answer, type Exchange, isRecord, json, parseJson } from "./exchange.ts";
import { passOn } from "./proxy.ts";
import { route, type Route } from "./routes.ts";
import { userSchema, type World } from "./world.ts";

const tokenSchema = z.looseObject({ access_token: z.string(), scope: z.string() });

type Challenges = {
  /** By `state`, between the authorize page and its form. */
  waiting: Map<string, string>;
  /** By authorization code. */
  bound: Map<string, string>;
};

/** GitHub's web flow over the emulator's: PKCE, client credentials by Basic too, and every issued token known. */
export function oauthRoutes(world: World): Route[] {
  const challenges: Challenges = { waiting: new Map(), bound: new Map() };
  return [
    route("GET", "/login/oauth/authorize", async (exchange) => {
      const challenge = exchange.query.get("code_challenge");
      if (challenge !== null) challenges.waiting.set(exchange.query.get("state") ?? "", challenge);
      const query = new URLSearchParams(exchange.query);
      // GitHub falls back to the App's first callback URL.
      if (!query.has("redirect_uri")) query.set("redirect_uri", world.redirectUri);
      return passOn(world, { ...exchange, query });
    }),
    route("POST", "/login/oauth/callback", async (exchange) => {
      const answer = await passOn(world, exchange);
      const code = URL.parse(answer.headers.location ?? "")?.searchParams.get("code");
      const state = new URLSearchParams(exchange.body.toString("utf8")).get("state") ?? "";
      const challenge = challenges.waiting.get(state);
      if (typeof code === "string" && challenge !== undefined) challenges.bound.set(code, challenge);
      challenges.waiting.delete(state);
      return answer;
    }),
    route("POST", "/login/oauth/access_token", (exchange) => exchangeCode(world, exchange, challenges)),
  ];
}

/** The form or JSON that asks for a token, with client credentials from the Basic header when they stand there. */
function tokenRequest(exchange: Exchange): Record<string, string> {
  const text = exchange.body.toString("utf8");
  const parsed = exchange.headers["content-type"]?.includes("json") === true ? parseJson(exchange.body) : undefined;
  const fields = isRecord(parsed) ? Object.entries(parsed) : [...new URLSearchParams(text)];
  const request = Object.fromEntries(fields.map(([name, value]): [string, string] => [name, String(value)]));
  const basic = /^basic (.+)$/i.exec(exchange.headers.authorization ?? "")?.[1];
  if (basic === undefined) return request;
  const [id = "", secret = ""] = Buffer.from(basic, "base64").toString("utf8").split(":");
  return { ...request, client_id: decodeURIComponent(id), client_secret: decodeURIComponent(secret) };
}

async function exchangeCode(world: World, exchange: Exchange, challenges: Challenges): Promise<Answer> {
  const request = tokenRequest(exchange);
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
  if (issued.success) await remember(world, issued.data);
  return isRecord(body) ? inWantedForm(exchange, body) : answer;
}

async function remember(world: World, { access_token: token, scope }: z.infer<typeof tokenSchema>): Promise<void> {
  const user = await world.emulator.read(userSchema, "/user", `Bearer ${token}`);
  if (user === undefined) throw new Error("the emulator does not know the token it issued");
  const scopes = scope.split(/[\s,]+/).filter((name) => name !== "");
  world.tokens.add({ kind: "user", token, login: user.login, scopes });
}

/** GitHub answers as a form unless JSON is asked for. */
function inWantedForm(exchange: Exchange, body: Record<string, unknown>): Answer {
  if (exchange.headers.accept?.includes("json") === true) return json(200, body);
  const form = new URLSearchParams(Object.entries(body).map(([name, value]) => [name, String(value)]));
  const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
  return { status: 200, headers, body: Buffer.from(form.toString()) };
}
