import { createInterface } from "node:readline";
import { z } from "zod";
import { endProcessesOf } from "../../agent-image/runner/process-table.ts";
import { isAlive, processesOf, signalAll } from "./process-tree.ts";
import { removeFolder } from "./remove-folder.ts";
import { readJson } from "../../lib/json.ts";

/**
 * The guard: a process that outlives its parent by seconds. It reads `{"add":{pid,folder,user}}` and `{"remove":pid}`
 * lines; when its input closes, because the parent ended in whatever way, it ends every process it was told of
 * and removes their folders.
 */
const watchedSchema = z.object({
  pid: z.number().int(),
  folder: z.string().nullable(),
  user: z.object({ uid: z.number().int(), gid: z.number().int() }).nullish(),
});
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
    const over = (): never => process.exit(0);
    Promise.all(entries.map(tidy)).then(over, over);
  }, 100);
}

async function tidy({ folder, user }: Watched): Promise<void> {
  const isQuiet = user ? await endProcessesOf(user) : true;
  if (folder !== null && isQuiet) removeFolder(folder);
}
