import type { IncomingMessage } from "node:http";
import { readStrictJson, UnreadableBody } from "./strict-json.ts";

/** As much as the largest provider takes. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * The JSON object in a request's body, and its length. Compressed bodies, other types and long ones are refused before
 * they are read. Throws `UnreadableBody`.
 */
export async function readBody(request: IncomingMessage): Promise<{ value: Record<string, unknown>; bytes: number }> {
  const { headers } = request;
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw new UnreadableBody("A compressed body does not pass Porter's key proxy.", 415);
  if (!/^application\/json *(?:; *charset="?utf-8"? *)?$/i.test(headers["content-type"] ?? ""))
    throw new UnreadableBody("Only JSON passes Porter's key proxy.", 415);
  const chunks: Buffer[] = [];
  let bytes = Number(headers["content-length"] ?? 0);
  if (bytes > MOST_BYTES) throw tooLong();
  bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw tooLong();
    chunks.push(chunk);
  }
  return { value: readStrictJson(Buffer.concat(chunks)), bytes };
}

const tooLong = () => new UnreadableBody("The body is longer than Porter's key proxy lets through.", 413);
