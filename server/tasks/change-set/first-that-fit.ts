/** Of each list: a row of D1 has room for two megabytes, and a letter may take three bytes. */
export const MOST_TEXT = 150_000;

/** The first items, as many as there is room for as JSON. */
export function firstThatFit<T>(items: readonly T[], room: number): T[] {
  let text = 0;
  const end = items.findIndex((item) => {
    text += JSON.stringify(item).length + 1;
    return text > room;
  });
  return items.slice(0, end === -1 ? items.length : end);
}
