import type { Assignment } from "./assignment.ts";
import type { Porter } from "./porter.ts";
import type { RunSecrets } from "./run-secrets.ts";
import { RUNNER_VERSION } from "./runner-version.ts";

const ENOUGH_LEFT_MS = 15 * 60_000;
const REVOKE_TIMEOUT_MS = 5000;

/** The run's git credential: renewed before a late push, revoked at the end (rulings 25). */
export class GitToken {
  #current: string;
  #expiresAt: number;
  readonly #all: string[];
  readonly #git: Assignment["git"];
  readonly #cloneUrl: string;

  constructor(assignment: Assignment) {
    this.#git = assignment.git;
    this.#cloneUrl = assignment.repository.cloneUrl;
    this.#current = assignment.git.token;
    this.#expiresAt = Date.parse(assignment.git.expiresAt);
    this.#all = [this.#current];
  }

  get value(): string {
    return this.#current;
  }

  /** Asks Porter for another token when less than 15 minutes are left; without an answer the old one stays. */
  async renewIfLate(porter: Porter, secrets: RunSecrets): Promise<void> {
    if (this.#expiresAt - Date.now() >= ENOUGH_LEFT_MS) return;
    const fresh = await porter.freshCredential();
    if (!fresh) return;
    secrets.add(fresh.token);
    this.#all.push(fresh.token);
    this.#current = fresh.token;
    this.#expiresAt = Date.parse(fresh.expiresAt);
  }

  /** Revokes every token of the run. Never throws: Porter revokes what is left after a crash. */
  async revoke(): Promise<void> {
    if (!this.#git.revokeAtExit) return;
    const url = `${apiBase(this.#cloneUrl, this.#git.apiUrl)}/installation/token`;
    await Promise.all(this.#all.map((token) => revokeOne(url, token)));
  }
}

/** GitHub's REST API beside a clone URL: api.github.com, or `/api/v3` of an Enterprise server. */
export function apiBase(cloneUrl: string, apiUrl: string | null | undefined): string {
  if (apiUrl) return apiUrl.replace(/\/+$/, "");
  const { hostname, origin } = new URL(cloneUrl);
  return hostname === "github.com" ? "https://api.github.com" : `${origin}/api/v3`;
}

async function revokeOne(url: string, token: string): Promise<void> {
  try {
    const response = await fetch(url, {
      method: "DELETE",
      redirect: "manual",
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/vnd.github+json",
        "user-agent": `porter-runner/${RUNNER_VERSION}`,
      },
      signal: AbortSignal.timeout(REVOKE_TIMEOUT_MS),
    });
    await response.body?.cancel();
  } catch {
    // Best effort; the token dies within the hour.
  }
}
