const HEADER = /^sha256=([0-9a-f]{64})$/;
const utf8 = new TextEncoder();

/** Whether it has the form of a signature at all: without, nobody reads what is said to be signed. */
export const isSignature = (text: string): boolean => HEADER.test(text);

/**
 * Whether a delivery's bytes as they came were signed (`X-Hub-Signature-256`) with one of the secrets: the current one,
 * and the one before while it is rotated. The platform compares, in constant time.
 */
export async function isSigned(
  bytes: BufferSource,
  { signature, secrets }: { signature: string; secrets: readonly (string | undefined)[] },
): Promise<boolean> {
  const hex = HEADER.exec(signature)?.[1];
  if (hex === undefined) return false;
  const given = Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
  for (const secret of secrets) {
    if (secret === undefined || secret === "") continue;
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", utf8.encode(secret), algorithm, false, ["verify"]);
    if (await crypto.subtle.verify("HMAC", key, given, bytes)) return true;
  }
  return false;
}

/** What a webhook's "Content type" may be set to besides JSON: the JSON is then the field `payload` of a form. */
const FORM = "application/x-www-form-urlencoded";
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * The JSON text of a delivery whose signature is right already: GitHub signs the body as it was sent, form and byte
 * order mark included. Null for a form without a payload.
 */
export function payloadText(raw: string, contentType: string | null): string | null {
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  const body = withoutMark(raw);
  // What stands between GitHub and Porter may lose or change the type: JSON and a form cannot be taken for each other.
  if (/^\s*[{[]/.test(body)) return body;
  if (type !== FORM && !/^(?:[^{}"]{0,200}&)?payload=%7B/i.test(body)) return body;
  const payload = new URLSearchParams(body).get("payload");
  return payload === null ? null : withoutMark(payload);
}

const withoutMark = (text: string): string => (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
