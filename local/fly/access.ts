import { z } from "zod";

/** A token of this server. `apps` as Fly's deploy tokens (a list) or org tokens (`"*"`: every app of `org`). */
export type LocalFlyToken = { token: string; apps: string[] | "*"; org: string; expired?: boolean };
export type LocalFlyApp = { name: string; org: string; network?: string };

export type LocalFlyRefusal = { status: number; error: string; code?: string };
export type TokenCheck = { ok: true; token: LocalFlyToken } | { ok: false; refusal: LocalFlyRefusal };

/** `Bearer x` or `FlyV1 a,b` → the token's entry; unknown, expired or missing is Fly's 401. */
export function checkToken(tokens: LocalFlyToken[], header: string | undefined): TokenCheck {
  const match = /^(?:Bearer|FlyV1)\s+(.+)$/i.exec(header?.trim() ?? "");
  const presented = match?.[1]?.replace(/^FlyV1\s+/i, "").trim();
  const token = tokens.find((candidate) => candidate.token.replace(/^FlyV1\s+/i, "") === presented);
  if (!presented || !token || token.expired) return { ok: false, refusal: { status: 401, error: "unauthorized" } };
  return { ok: true, token };
}

/** Whether `token` reaches the app: 404 if nobody has it, 403 if another organisation or app's token asks. */
export function checkApp(apps: LocalFlyApp[], token: LocalFlyToken, name: string): LocalFlyRefusal | null {
  const app = apps.find((candidate) => candidate.name === name);
  if (!app) return { status: 404, error: "App not found" };
  if (app.org !== token.org || !reachesApp(token, name))
    return { status: 403, error: "unauthorized: token does not have access to this app" };
  return null;
}

export const reachesApp = (token: LocalFlyToken, app: string): boolean =>
  token.apps === "*" || token.apps.includes(app);

const createAppSchema = z.object({
  app_name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  org_slug: z.string().min(1),
  network: z.string().optional(),
});

/** Adds an app for an org token; names are global. */
export function createApp(apps: LocalFlyApp[], token: LocalFlyToken, body: unknown): LocalFlyRefusal | LocalFlyApp {
  const parsed = createAppSchema.safeParse(body);
  if (!parsed.success) return { status: 422, error: "Validation failed: Name is invalid" };
  const { app_name: name, org_slug: org, network } = parsed.data;
  if (token.apps !== "*" || token.org !== org)
    return { status: 403, error: `unauthorized: token cannot create apps in ${org}` };
  if (apps.some((app) => app.name === name)) {
    return { status: 422, error: "Validation failed: Name has already been taken", code: "name_taken" };
  }
  const app: LocalFlyApp = { name, org, ...(network === undefined ? {} : { network }) };
  apps.push(app);
  return app;
}
