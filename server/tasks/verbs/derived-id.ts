/** A task id that stands for `parts`: the same parts are the same task, however often they are sent. */
export async function derivedTaskId(...parts: (string | number | null)[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `task_${Array.from(digest.slice(0, 20), (byte) => (byte % 36).toString(36)).join("")}`;
}
