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
