import { randomBytes } from "node:crypto";

export type UserGrant = { kind: "user"; token: string; login: string; scopes: string[] };

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
  readonly #seen = new Set<string>();

  add(grant: Grant): void {
    this.#grants.set(grant.token, grant);
    this.#seen.add(grant.token);
  }

  /** The live grant of a token: undefined when it is unknown, revoked or past its expiry. */
  find(token: string): Grant | undefined {
    const grant = this.#grants.get(token);
    if (grant?.kind === "installation" && grant.expiresAtMs <= Date.now()) return undefined;
    return grant;
  }

  revoke(token: string): boolean {
    return this.#grants.delete(token);
  }

  revokeInstallation(installationId: number): void {
    for (const grant of this.#grants.values()) {
      if (grant.kind === "installation" && grant.installationId === installationId) this.#grants.delete(grant.token);
    }
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
