import { readBounded } from "@/lib/bounded-body";
import { AppError } from "@/server/errors";

/** As much as any of the API's bodies may have; pages have none. */
const MAX_BODY_BYTES = 200_000;

/**
 * The request with its body read: the adapter before Next would read it to its end, whatever its length and whoever sent
 * it, and take one that breaks off for a failure of ours. Throws `AppError` and `BrokenBody`.
 */
export async function withReadBody(request: Request): Promise<Request> {
  if (request.body === null) return request;
  const body = await readBounded(request, MAX_BODY_BYTES);
  if (body === null) throw new AppError("too_large", "This request is too large.");
  const { url, method, headers, signal } = request;
  // What a read brings along says nothing, and no request could be made of it.
  if (method === "GET" || method === "HEAD") return new Request(url, { method, headers, signal, redirect: "manual" });
  return new Request(request, { method, body });
}
