import { z } from "zod";
import { SetupError, reasonOf } from "./setup-error.ts";

type Request = { method?: "GET" | "POST"; path: string; body?: Record<string, unknown> };

/** Cloudflare's API for one account. */
export type Cloudflare = {
  accountId: string;
  accountName: string;
  /** Null when there is nothing to get. Throws `SetupError` with Cloudflare's own words. */
  ask: <T>(schema: z.ZodType<T>, request: Request) => Promise<T | null>;
};

const envelope = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number(), message: z.string() })).nullish(),
  result: z.unknown(),
});
const accountsSchema = z.array(z.object({ id: z.string(), name: z.string() }));
const TIMEOUT_MS = 30_000;
/** Cloudflare's codes for a token that is wrong, or may not do this. */
const NOT_SIGNED_IN = [6003, 9109, 10000];
export const SIGN_IN = "npx wrangler login, or set CLOUDFLARE_API_TOKEN (docs/operate.md has its permissions)";

/** Finds the account that `token` reaches; CLOUDFLARE_ACCOUNT_ID chooses among several. Throws `SetupError`. */
export async function signIn(token: string, env: NodeJS.ProcessEnv): Promise<Cloudflare> {
  const base = env["CLOUDFLARE_API_BASE_URL"] ?? "https://api.cloudflare.com/client/v4";
  const ask = <T>(schema: z.ZodType<T>, request: Request) => call(schema, request, { base, token });
  const accounts = await accountsOf(ask, env["CLOUDFLARE_ACCOUNT_ID"]);
  const [account, ...others] = accounts;
  if (account === undefined) throw new SetupError("the sign-in reaches no such Cloudflare account", SIGN_IN);
  if (others.length > 0) {
    const names = accounts.map(({ id, name }) => `${id} (${name})`).join(", ");
    throw new SetupError(`the sign-in reaches several accounts: ${names}`, "set CLOUDFLARE_ACCOUNT_ID to one of them");
  }
  return {
    accountId: account.id,
    accountName: account.name,
    ask: (schema, request) => ask(schema, { ...request, path: `/accounts/${account.id}${request.path}` }),
  };
}

/** A token of one account alone may not list accounts, so a named one is tried with what set-up needs anyway. */
async function accountsOf(
  ask: Cloudflare["ask"],
  wanted: string | undefined,
): Promise<z.output<typeof accountsSchema>> {
  if (wanted === undefined) return (await ask(accountsSchema, { path: "/accounts?per_page=50" })) ?? [];
  await ask(z.unknown(), { path: `/accounts/${wanted}/workers/subdomain` });
  return [{ id: wanted, name: wanted }];
}

async function call<T>(
  schema: z.ZodType<T>,
  { method = "GET", path, body }: Request,
  { base, token }: { base: string; token: string },
): Promise<T | null> {
  const answer = await fetch(base + path, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new SetupError(`Cloudflare does not answer: ${reasonOf(error)}`, "run set-up again; it goes on where it was");
  });
  if (answer.status === 404 && method === "GET") return null;
  const parsed = envelope.safeParse(await answer.json().catch(() => undefined));
  if (parsed.success && parsed.data.success) return schema.parse(parsed.data.result);
  const errors = parsed.data?.errors ?? [];
  const said = errors.map(({ message, code }) => `${message} (${code})`).join("; ");
  const isRefused = answer.status === 401 || errors.some(({ code }) => NOT_SIGNED_IN.includes(code));
  const words = `Cloudflare answered ${answer.status} for ${method} ${path}: ${said || "no reason"}`;
  throw new SetupError(
    words,
    isRefused ? SIGN_IN : "when that is put right, run set-up again; it goes on where it was",
  );
}
