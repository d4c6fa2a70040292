import { randomBytes } from "node:crypto";

export type UserGrant = {
  kind: "user";
  token: string;
  /** The emulator's own token behind ours. */
  innerToken: string;
  login: string;
  scopes: string[];
  /** Whose sign-in it came from: the GitHub App's, a classic OAuth app's, or no app at all. */
  issuedTo: "app" | "classic" | "nobody";
  /** Null: it does not expire. */
  expiresAtMs: number | null;
};

/** Works once, within its time, and ends the access token that it came with. */
export type RefreshGrant = { refreshToken: string; accessToken: string; login: string; expiresAtMs: number };

const userTokenLifeMs = 8 * 3_600_000;
const refreshTokenLifeMs = 184 * 24 * 3_600_000;

export type InstallationGrant = {
  kind: "installation";
  token: string;
  /** The emulator's own token behind ours. */
  innerToken: string;
  installationId: number;
  permissions: Record<string, string>;
  /** Repository ids, or undefined for every repository of the installation. */
  repositoryIds: number[] | undefined;
  expiresAtMs: number;
};

export type Grant = UserGrant | InstallationGrant;

/** Every token that was ever issued here, and which of them still work. */
export class TokenRegistry {
  readonly #grants = new Map<string, Grant>();
  readonly #refresh = new Map<string, RefreshGrant>();
  readonly #seen = new Set<string>();

  add(grant: Grant): void {
    this.#grants.set(grant.token, grant);
    this.#seen.add(grant.token);
  }

  /** The live grant of a token: undefined when it is unknown, revoked or past its expiry. */
  find(token: string): Grant | undefined {
    const grant = this.#grants.get(token);
    return grant === undefined || (grant.expiresAtMs !== null && grant.expiresAtMs <= Date.now()) ? undefined : grant;
  }

  revoke(token: string): boolean {
    return this.#grants.delete(token);
  }

  revokeInstallation(installationId: number): void {
    for (const grant of this.#grants.values()) {
      if (grant.kind === "installation" && grant.installationId === installationId) this.#grants.delete(grant.token);
    }
  }

  /** A GitHub App's user token with the refresh token beside it. */
  issueUserTokens(login: string, innerToken: string): { access: UserGrant; refresh: RefreshGrant } {
    const token = `ghu_${randomText(36)}`;
    const issuedTo = "app" as const;
    const expiresAtMs = Date.now() + userTokenLifeMs;
    const access: UserGrant = { kind: "user", token, innerToken, login, scopes: [], issuedTo, expiresAtMs };
    const refreshToken = `ghr_${randomText(76)}`;
    const refresh = { refreshToken, accessToken: token, login, expiresAtMs: Date.now() + refreshTokenLifeMs };
    this.add(access);
    this.#refresh.set(refreshToken, refresh);
    this.#seen.add(refreshToken);
    return { access, refresh };
  }

  /** Uses a refresh token up, and with it the access token it came with. Undefined for one that works no more. */
  takeRefresh(refreshToken: string): { login: string; innerToken: string } | undefined {
    const refresh = this.#refresh.get(refreshToken);
    const access = this.#grants.get(refresh?.accessToken ?? "");
    this.#refresh.delete(refreshToken);
    if (refresh === undefined || refresh.expiresAtMs <= Date.now() || access?.kind !== "user") return undefined;
    this.#grants.delete(access.token);
    return { login: refresh.login, innerToken: access.innerToken };
  }

  /** The person takes the App's (or OAuth app's) access back: all of its tokens end. Answers how many. */
  disconnect(login: string): number {
    const ended = [...this.#grants.values()].filter(
      (grant) => grant.kind === "user" && grant.login === login && grant.issuedTo !== "nobody",
    );
    for (const { token } of ended) this.#grants.delete(token);
    for (const refresh of this.#refresh.values())
      if (refresh.login === login) this.#refresh.delete(refresh.refreshToken);
    return ended.length;
  }

  /** Ends the life of every App's user token now, as eight hours' wait would; their refresh tokens still work. */
  expireUserTokens(): number {
    const grants = [...this.#grants.values()].filter((grant) => grant.kind === "user" && grant.expiresAtMs !== null);
    for (const grant of grants) this.#grants.set(grant.token, { ...grant, expiresAtMs: 0 });
    return grants.length;
  }

  /** Ends the life of every installation token now, as an hour's wait would. */
  expireInstallationTokens(): number {
    const grants = [...this.#grants.values()].filter((grant) => grant.kind === "installation");
    for (const grant of grants) this.#grants.set(grant.token, { ...grant, expiresAtMs: 0 });
    return grants.length;
  }

  live(): string[] {
    return [...this.#grants.keys()].filter((token) => this.find(token) !== undefined);
  }

  seen(): string[] {
    return [...this.#seen];
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const randomText = (length: number): string =>
  Array.from(randomBytes(length), (byte) => alphabet[byte % alphabet.length]).join("");

/**
 * A token in GitHub's form since April 2026: `ghs_<app id>_<JWT>`, about 520 characters with `-`, `_` and `.`.
 * The JWT part is opaque to clients, so its signature is random.
 */
export function newInstallationToken(appId: number): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = part({ alg: "RS256", typ: "JWT" });
  const payload = part({ iss: appId, jti: randomBytes(24).toString("hex"), iat: Math.floor(Date.now() / 1000) });
  for (;;) {
    const signature = randomBytes(256).toString("base64url");
    if (/-.*_|_.*-/.test(signature)) return `ghs_${appId}_${header}.${payload}.${signature}`;
  }
}
