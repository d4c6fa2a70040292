import { readBounded } from "@/lib/bounded-body";
import { parseJson } from "@/lib/json";
import { PROVIDERS, type ProviderId } from "@/lib/providers";
import type { KeyChecks, KeyFinding } from "./port";
import { PROBES, readRefusal } from "./probes";

export type KeyCheckOptions = {
  /** Other base URLs by provider id (PROVIDER_BASE_URLS); nothing else decides where a key goes. */
  baseUrls: Record<string, string>;
  fetch: typeof fetch;
  timeoutMs?: number;
};

const TIMEOUT_MS = 4_000;
/** The longest model list is far below. */
const MAX_BODY_BYTES = 2_000_000;

/** Follows no redirect, so that a key reaches the provider's own host and no other. */
export function createKeyChecks({ baseUrls, fetch, timeoutMs = TIMEOUT_MS }: KeyCheckOptions): KeyChecks {
  async function ask(provider: ProviderId, key: string): Promise<KeyFinding> {
    const probe = PROBES[provider];
    if (probe === null) return { verification: "unverified", gap: "no_check" };
    const base = (baseUrls[provider] ?? PROVIDERS[provider].baseUrl).replace(/\/+$/, "");
    const response = await fetch(base + probe.path, {
      headers: { accept: "application/json", "user-agent": "porter", ...probe.headers(key) },
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await jsonOf(response);
    if (response.ok) return probe.read(body) ?? { verification: "unverified", gap: "odd_answer" };
    const text = JSON.stringify(body ?? "").toLowerCase();
    return readRefusal({ status: response.status, body, text });
  }

  return {
    async check(provider, key) {
      try {
        return await ask(provider, key);
      } catch (error) {
        const isSlow = error instanceof Error && error.name === "TimeoutError";
        return { verification: "unverified", gap: isSlow ? "too_slow" : "unreachable" };
      }
    },
  };
}

/** Nothing for what is no JSON or has no end. */
async function jsonOf(response: Response): Promise<unknown> {
  const bytes = await readBounded(response, MAX_BODY_BYTES);
  return bytes === null ? null : parseJson(new TextDecoder().decode(bytes));
}
