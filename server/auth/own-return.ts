import { sameOriginPath } from "@/lib/same-origin-path";
import { cookieNames } from "./session-cookie";

/**
 * The request as next-auth may read it: a return address in query or cookie is Porter's own or is gone. Next-auth answers
 * 500 for one that is none.
 */
export function withOwnReturnUrl(request: Request, publicUrl: string): Request {
  const url = new URL(request.url);
  const wanted = url.searchParams.get("callbackUrl");
  if (wanted !== null) url.searchParams.set("callbackUrl", publicUrl + sameOriginPath(wanted, "/tasks", publicUrl));
  const asked = new Request(url, request);
  const name = cookieNames(publicUrl).callbackUrl;
  const cookies = (request.headers.get("cookie") ?? "").split(/;\s*/);
  const kept = cookies.filter((pair) => !pair.startsWith(`${name}=`) || isOwn(pair.slice(name.length + 1), publicUrl));
  if (kept.length < cookies.length) asked.headers.set("cookie", kept.join("; "));
  return asked;
}

function isOwn(value: string, publicUrl: string): boolean {
  try {
    return sameOriginPath(decodeURIComponent(value), "", publicUrl) !== "";
  } catch {
    return false;
  }
}
