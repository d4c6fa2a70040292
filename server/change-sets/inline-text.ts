const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * What JSON brings over unchanged, a byte order mark included; null: it is no such text. NUL is valid UTF-8, but nobody
 * promises that it survives.
 */
export function textOf(content: Uint8Array): string | null {
  if (content.includes(0)) return null;
  try {
    return strict.decode(content);
  } catch {
    return null;
  }
}

/** More text than this in one request for a tree is answered with 502, or 422 after a time-out. */
export const REQUEST_TEXT_BYTES = 1_000_000;

/** Whether a file can go along in the request for its tree. Any other one is uploaded before. */
export const isInline = (content: Uint8Array): boolean =>
  content.length <= REQUEST_TEXT_BYTES && textOf(content) !== null;
