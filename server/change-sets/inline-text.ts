const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What JSON brings over unchanged, a byte order mark included; null: it is no such text. NUL is valid UTF-8, but nobody promises that it survives. */
export function textOf(content: Uint8Array): string | null {
  if (content.includes(0)) return null;
  try {
    return strict.decode(content);
  } catch {
    return null;
  }
}
