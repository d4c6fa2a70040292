import { setTimeout as sleep } from "node:timers/promises";
import { isWorkerd, processesOf, signalAll } from "../processes/process-tree.ts";
import type { PorterServer } from "./porter-server.ts";

/** Porter's server, the two sides of a crash, and its end. */
export async function restartablePorter(startOnce: () => Promise<PorterServer>) {
  let breaks = (_reason: string): void => {};
  const broken = new Promise<string>((resolve) => (breaks = resolve));
  /** Whose end is wanted. */
  let ending: PorterServer | null = null;
  const start = async (): Promise<PorterServer> => {
    const porter = await startOnce();
    porter.ended.then(
      ({ code, signal }) => {
        if (porter === ending) return;
        breaks(`Porter's Worker ended by itself (${signal ?? `exit code ${code}`}):\n${porter.tail(20)}`);
      },
      () => {},
    );
    return porter;
  };
  const server = {
    porter: await start(),
    broken,
    async stop() {
      ending = server.porter;
      await server.porter.stop();
    },
    async killPorter(first: "worker" | "all") {
      ending = server.porter;
      const members = processesOf(server.porter.pid, null);
      if (first === "worker") {
        signalAll(members.filter(isWorkerd), "SIGKILL");
        await sleep(300);
      }
      signalAll([server.porter.pid, ...members], "SIGKILL");
      await server.porter.stop();
    },
    async startPorter() {
      server.porter = await start();
    },
  };
  return server;
}
