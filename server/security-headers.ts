/** The nonce goes to Next in the request's own policy header, where it looks for it (rulings 48). */
export function withNonce(request: Request, nonce: string): Request {
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", contentSecurityPolicy(nonce));
  headers.set("x-nonce", nonce);
  // Next trusts this header from its own middleware; from outside it is an attack (security.md).
  headers.delete("x-middleware-subrequest");
  return new Request(request, { headers });
}

const contentSecurityPolicy = (nonce: string): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: https://avatars.githubusercontent.com",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** Headers of every answer, for both doors (security.md "The edges"; rulings 21). */
export function withSecurityHeaders(response: Response, input: { url: URL; nonce: string }): Response {
  // From the response itself, which says whether its body is packed already.
  const answer = new Response(response.body, response);
  const { headers } = answer;
  headers.set("content-security-policy", contentSecurityPolicy(input.nonce));
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "strict-origin-when-cross-origin");
  headers.set("permissions-policy", "camera=(), microphone=(), geolocation=()");
  headers.set("cross-origin-opener-policy", "same-origin");
  if (input.url.protocol === "https:")
    headers.set("strict-transport-security", "max-age=63072000; includeSubDomains; preload");
  // Streams add that nobody may pack them on their way.
  const caching = headers.get("cache-control");
  if (caching === null || !(isStatic(input.url.pathname) || caching.includes("no-store")))
    headers.set("cache-control", "private, no-store");
  return answer;
}

const isStatic = (pathname: string): boolean =>
  pathname.startsWith("/_next/static/") ||
  /^\/api\/tasks\/[^/]+\/log\/blocks\//.test(pathname) ||
  /\.(?:svg|ico|png|woff2|webp|txt)$/.test(pathname);
