import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { readJson } from "../lib/json.ts";

/** Bytes. `live`: what is in use after a collection, texts and objects and the bytes of buffers. */
export type Heap = { live: number; objects: number; buffers: number };

const targetsSchema = z.array(z.object({ webSocketDebuggerUrl: z.string() }));
const usageSchema = z.object({
  usedSize: z.number(),
  embedderHeapUsedSize: z.number().default(0),
  backingStorageSize: z.number().default(0),
});
const messageSchema = z.looseObject({ id: z.number().optional(), result: z.unknown(), error: z.unknown().optional() });

/**
 * Collects what is no more in use in the Worker's isolate, again and again, and notes what is left. An isolate answers
 * between two pieces of its own work: what a piece made and threw away is not seen.
 */
export async function watchHeap(port: number) {
  const [target] = targetsSchema.parse(await (await fetch(`http://127.0.0.1:${port}/json`)).json());
  if (target === undefined) throw new Error("the inspector names no Worker");
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", reject, { once: true });
  });
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = readJson(messageSchema, String(data));
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let last = 0;
  const call = (method: string): Promise<unknown> =>
    new Promise((resolve) => {
      const id = (last += 1);
      waiting.set(id, (result) => {
        waiting.delete(id);
        resolve(result);
      });
      socket.send(JSON.stringify({ id, method }));
    });
  const now = async (): Promise<Heap> => {
    await call("HeapProfiler.collectGarbage");
    const { usedSize, embedderHeapUsedSize, backingStorageSize } = usageSchema.parse(
      await call("Runtime.getHeapUsage"),
    );
    const objects = usedSize + embedderHeapUsedSize;
    return { live: objects + backingStorageSize, objects, buffers: backingStorageSize };
  };
  let most: Heap = { live: 0, objects: 0, buffers: 0 };
  let isOpen = true;
  const watching = (async () => {
    while (isOpen) {
      const heap = await now();
      if (heap.live > most.live) most = heap;
      await sleep(20);
    }
  })();
  return {
    now,
    most: () => most,
    forget: () => void (most = { live: 0, objects: 0, buffers: 0 }),
    close(): void {
      isOpen = false;
      void watching.catch(() => undefined);
      socket.close();
    },
  };
}
