/** What every inbound edge refuses before it looks at anything else. Pure, so that each door applies the same. */

/**
 * True for a path that can be read in one way only: no `//`, no encoded dot, slash or backslash, nothing that steers a
 * terminal or a header, and nothing that is no UTF-8.
 * `url` is the request's own, unparsed: `new URL` would already have resolved what this looks for.
 */
export function isPlainPath(url: string): boolean {
  const path = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").split(/[?#]/, 1)[0] ?? "";
  if (/\/\/|\\|%2e|%2f|%5c|%[01][0-9a-f]|%7f|[\u0000-\u001f\u007f]/i.test(path) || !isDecodable(path)) return false;
  return !path.split("/").some((part) => part === "." || part === "..");
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** What fetches pictures for others: Porter has none, and what it runs on brings some along. */
const PICTURES = /^\/(?:_next\/image|cdn-cgi)(?:\/|$)/;

/**
 * False for what no page is asked for: by any other method its form would be read as an order to the server, of which
 * pages have none.
 */
export const isPageRead = ({ method, pathname }: { method: string; pathname: string }): boolean =>
  pathname.startsWith("/api/") || ((method === "GET" || method === "HEAD") && !PICTURES.test(pathname));

export type RequestOrigin = {
  method: string;
  headers: { get(name: string): string | null };
  /** Porter's own origin. */
  publicUrl: string;
  /** The request carries a session cookie. */
  signedIn: boolean;
};

/**
 * False for a write that another site may have sent: a foreign `Origin`, a cross-site
 * `Sec-Fetch-Site`, or, with a session cookie, neither header. Both absent without a cookie is curl: fine.
 */
export function isOwnWrite({ method, headers, publicUrl, signedIn }: RequestOrigin): boolean {
  if (["GET", "HEAD", "OPTIONS"].includes(method)) return true;
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  if (origin !== null && origin !== new URL(publicUrl).origin) return false;
  if (site !== null && site !== "same-origin" && site !== "none" && origin === null) return false;
  if (site === "cross-site") return false;
  return origin !== null || site !== null || !signedIn;
}
