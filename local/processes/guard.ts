import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Ends child processes when this process dies in a way that no handler sees (SIGKILL, a crash, out of memory).
 * One guard serves many children; `folder` also names where their detached children live, and is removed. `user`: one
 * who has only processes of this child.
 */
export type ProcessGuard = {
  add(child: { pid: number; folder: string | null; user?: { uid: number; gid: number } | null }): void;
  remove(pid: number): void;
  /** Lets the guard end; whatever is still added is ended by it. */
  close(): Promise<void>;
};

export function startGuard(): ProcessGuard {
  const script = fileURLToPath(new URL("./guard-main.ts", import.meta.url));
  const child = spawn(process.execPath, [script], { detached: true, stdio: ["pipe", "ignore", "inherit"], cwd: "/" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  // A dead guard must not take the parent with it; its loss only means less tidying after a crash.
  child.stdin.on("error", () => undefined);
  child.on("error", () => undefined);
  child.unref();
  const tell = (message: object): void => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  return {
    add: (entry) => tell({ add: entry }),
    remove: (pid) => tell({ remove: pid }),
    async close() {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}
