/** Every text in a value of JSON, redacted. */
export function redactTexts<T>(value: T, redact: (text: string) => string): T {
  const walk = (part: unknown): unknown => {
    if (typeof part === "string") return redact(part);
    if (Array.isArray(part)) return part.map(walk);
    if (part !== null && typeof part === "object")
      return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]));
    return part;
  };
  return walk(value) as T;
}
