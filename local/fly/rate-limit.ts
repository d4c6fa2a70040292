/**
 * Fly's documented limits: one request a second for each action and machine (or app, where there is no machine
 * yet) with a burst of three; reading one machine five a second with a burst of ten.
 */
export type RateLimiter = (action: string, id: string, nowMs: number) => boolean;

const LIMITS: Record<string, { perSecond: number; burst: number }> = { get: { perSecond: 5, burst: 10 } };
const DEFAULT_LIMIT = { perSecond: 1, burst: 3 };

/** Token buckets in memory; true: the request may pass. */
export function createRateLimiter(): RateLimiter {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (action, id, nowMs) => {
    const limit = LIMITS[action] ?? DEFAULT_LIMIT;
    const key = `${action} ${id}`;
    const bucket = buckets.get(key) ?? { tokens: limit.burst, atMs: nowMs };
    const tokens = Math.min(limit.burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * limit.perSecond);
    const allowed = tokens >= 1;
    buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
    return allowed;
  };
}
