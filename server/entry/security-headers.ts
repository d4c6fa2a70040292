import { envSchema } from "@/server/env";

const edgeSchema = envSchema.pick({ HSTS: true, GITHUB_URL: true });
export type Edge = { nonce: string; hsts: "host" | "subdomains" | "preload"; githubUrl: string };

/** What the headers of one request's answer depend on; the safe defaults where the variables cannot be read. */
export function edgeOf(env: unknown, nonce: string): Edge {
  const { HSTS, GITHUB_URL } = edgeSchema.catch(edgeSchema.parse({})).parse(env);
  return { nonce, hsts: HSTS, githubUrl: GITHUB_URL };
}

/** The nonce goes to Next in the request's own policy header, where it looks for it. */
export function withNonce(request: Request, edge: Edge): Request {
  const headers = new Headers(request.headers);
  headers.set("content-security-policy", contentSecurityPolicy(edge));
  headers.set("x-nonce", edge.nonce);
  // Next trusts this header from its own middleware; from outside it is an attack.
  headers.delete("x-middleware-subrequest");
  return new Request(request, { headers });
}

const PUBLIC_AVATARS = "https://avatars.githubusercontent.com";
/** GitHub Enterprise serves pictures of people from its own host, or from `avatars.` before it. */
function avatarsOf(githubUrl: string): string {
  const { protocol, host } = new URL(githubUrl);
  if (host === "github.com" || protocol !== "https:") return PUBLIC_AVATARS;
  return `${PUBLIC_AVATARS} https://${host} https://avatars.${host}`;
}

const contentSecurityPolicy = ({ nonce, githubUrl }: Edge): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self' 'unsafe-inline'",
    `img-src 'self' data: ${avatarsOf(githubUrl)}`,
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/** More than this host only where the operator asked for it: it is hard to take back. */
const HSTS = { host: "", subdomains: "; includeSubDomains", preload: "; includeSubDomains; preload" } as const;

/** Headers of every answer, for both doors. */
export function withSecurityHeaders(response: Response, { url, edge }: { url: URL; edge: Edge }): Response {
  // From the response itself, which says whether its body is packed already.
  const answer = new Response(response.body, response);
  const { headers } = answer;
  headers.set("content-security-policy", contentSecurityPolicy(edge));
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "strict-origin-when-cross-origin");
  headers.set("permissions-policy", "camera=(), microphone=(), geolocation=()");
  headers.set("cross-origin-opener-policy", "same-origin");
  if (url.protocol === "https:") headers.set("strict-transport-security", `max-age=63072000${HSTS[edge.hsts]}`);
  // Streams add that nobody may pack them on their way.
  const caching = headers.get("cache-control");
  if (caching === null || !(isStatic(url.pathname) || caching.includes("no-store")))
    headers.set("cache-control", "private, no-store");
  return answer;
}

const isStatic = (pathname: string): boolean =>
  pathname.startsWith("/_next/static/") ||
  /^\/api\/tasks\/[^/]+\/log\/blocks\//.test(pathname) ||
  /\.(?:svg|ico|png|woff2|webp|txt)$/.test(pathname);
