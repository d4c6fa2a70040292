const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Names of what differs between two settings, such as `settings.taskTimeout`; never a value. */
export function changedFields(before: unknown, after: unknown, path: readonly string[] = []): string[] {
  if (isTree(before) && isTree(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => changedFields(before[name], after[name], [...path, name])).toSorted();
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [path.join(".")];
}
