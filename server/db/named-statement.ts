/** What D1 binds. */
export type Bound = string | number | null;

/** A quoted text or name, in which nothing is a parameter; a place without a name; a name. */
const PIECE = /'(?:[^']|'')*'|"[^"]*"|\?|(?<!:):([a-z]\w*)/gi;

/**
 * A statement that Drizzle's builder cannot say, with its parameters by name: `namedStatement(d1, "… WHERE id = :id", { id })`. A
 * name may stand there more than once. Throws on a name without a value, a value without its name, and a bare `?`.
 */
export function namedStatement(
  d1: D1Database,
  text: string,
  values: Readonly<Record<string, Bound>> = {},
): D1PreparedStatement {
  const names: string[] = [];
  const numbered = text.replaceAll(PIECE, (piece: string, name: string | undefined) => {
    if (piece === "?") throw new Error(`a parameter without a name in: ${text}`);
    if (name === undefined) return piece;
    if (!Object.hasOwn(values, name)) throw new Error(`no value for :${name} in: ${text}`);
    if (!names.includes(name)) names.push(name);
    return `?${names.indexOf(name) + 1}`;
  });
  const unused = Object.keys(values).filter((name) => !names.includes(name));
  if (unused.length > 0) throw new Error(`no :${unused.join(", :")} in: ${text}`);
  const statement = d1.prepare(numbered);
  return names.length === 0 ? statement : statement.bind(...names.map((name) => values[name]));
}
