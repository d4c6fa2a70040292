const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A path that git printed. `isText` false: it is no UTF-8, so no change set can name it; `path` is for people then. */
export type GitPath = { path: string; isText: boolean };

export function decodePath(bytes: Uint8Array): GitPath {
  try {
    return { path: strict.decode(bytes), isText: true };
  } catch {
    return { path: Buffer.from(bytes).toString("utf8"), isText: false };
  }
}

/** The fields of output with `-z`, each without its NUL. */
export function nulFields(output: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let from = 0;
  for (let at = output.indexOf(0); at >= 0; at = output.indexOf(0, from)) {
    fields.push(output.subarray(from, at));
    from = at + 1;
  }
  return fields;
}

/** Paths as input with `-z`. */
export const nulInput = (paths: readonly string[]): string => paths.map((path) => `${path}\0`).join("");
