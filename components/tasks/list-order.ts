import { parseJson } from "@/lib/json";

const KEY = "porter-order";

/** The order in which the list showed its tasks, for going from one to the next without it. Of this tab alone. */
export function keepOrder(ids: readonly string[]): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // Full or forbidden: there are no neighbours then.
  }
}

/** The tasks before and after one, null where there is none. */
export function neighboursOf(id: string): { before: string | null; after: string | null } {
  const nobody = { before: null, after: null };
  try {
    const ids = parseJson(sessionStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(ids)) return nobody;
    const index = ids.indexOf(id);
    if (index < 0) return nobody;
    const at = (index: number) => (typeof ids[index] === "string" ? ids[index] : null);
    return { before: at(index - 1), after: at(index + 1) };
  } catch {
    return nobody;
  }
}
