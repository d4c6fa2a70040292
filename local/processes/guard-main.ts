import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { isAlive, processesOf, signalAll } from "./process-tree.ts";
import { readJson } from "../../lib/json.ts";

/**
 * The guard: a process that outlives its parent by seconds. It reads `{"add":{pid,folder}}` and `{"remove":pid}`
 * lines; when its input closes, because the parent ended in whatever way, it ends every process it was told of
 * and removes their folders.
 */
const watchedSchema = z.object({ pid: z.number().int(), folder: z.string().nullable() });
type Watched = z.infer<typeof watchedSchema>;
const messageSchema = z.object({ add: watchedSchema.optional(), remove: z.number().int().optional() });
const GRACE_MS = 5000;
const watched = new Map<number, Watched>();

// The terminal's signals reach the parent, and the parent's end reaches this process through the pipe.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const message = readJson(messageSchema, line);
  if (message.add) watched.set(message.add.pid, message.add);
  if (message.remove !== undefined) watched.delete(message.remove);
});
lines.on("close", endAll);

function endAll(): void {
  if (watched.size === 0) process.exit(0);
  const deadline = Date.now() + GRACE_MS;
  signalAll([...watched.keys()], "SIGTERM");
  const timer = setInterval(() => {
    const entries = [...watched.values()];
    // A child that still works on its end gets the grace; what it leaves behind gets none.
    if (entries.some(({ pid }) => isAlive(pid)) && Date.now() < deadline) return;
    clearInterval(timer);
    signalAll(
      entries.flatMap(({ pid, folder }) => processesOf(pid, folder)),
      "SIGKILL",
    );
    for (const { folder } of watched.values()) if (folder !== null) rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  }, 100);
}
