const BASE = "https://own.invalid";

/**
 * `wanted` if it is a path of Porter itself (with query and fragment), else `fallback`. A full URL counts when its
 * origin is `publicUrl`. Guards redirects: `//host`, `/\host`, other schemes and control characters are foreign.
 */
export function sameOriginPath(wanted: string | null | undefined, fallback: string, publicUrl = BASE): string {
  // A browser drops tabs and line breaks inside a URL before it reads it.
  if (!wanted || wanted.length > 2000 || /[\u0000-\u0020\\]/.test(wanted)) return fallback;
  const origin = new URL(publicUrl).origin;
  if (!wanted.startsWith("/") && !wanted.startsWith(`${origin}/`)) return fallback;
  if (!URL.canParse(wanted, origin)) return fallback;
  const url = new URL(wanted, origin);
  if (url.origin !== origin || url.pathname.startsWith("//")) return fallback;
  return `${url.pathname}${url.search}${url.hash}`;
}
