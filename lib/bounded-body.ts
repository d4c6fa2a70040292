/** A request's body did not come to its end: who sent it hung up, or framed it wrongly. */
export class BrokenBody extends Error {
  override readonly name = "BrokenBody";
}

/**
 * The body, or null when it is longer than `maxBytes`; what comes after that is never read. Throws `BrokenBody` for a
 * request's that breaks off.
 */
export async function readBounded(
  from: Pick<Request | Response, "headers" | "body">,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(from.headers.get("content-length") ?? 0) > maxBytes) return null;
  if (from.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of from.body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>) {
      length += part.byteLength;
      if (length > maxBytes) return null;
      parts.push(part);
    }
  } catch (error) {
    // Not by its class, which the adapter before Next puts another one in the place of.
    if ("method" in from) throw new BrokenBody("The body broke off.", { cause: error });
    throw error;
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}
