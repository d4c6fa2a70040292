import { setTimeout as sleep } from "node:timers/promises";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ProcessGuard } from "../processes/guard.ts";
import { type ProcessGroup, startProcessGroup } from "../processes/process-group.ts";
import { BUILT } from "./built.ts";
import { freePort } from "./free-port.ts";
import { MissingPart } from "./missing-part.ts";
import { ROOT } from "./root.ts";
import { startWrangler, wranglerEnvironment, type WranglerFolders } from "./wrangler.ts";

export type PorterServer = {
  /** The public one, without a slash at its end. */
  url: string;
  /** Next's own, without what the Worker does ahead of it. */
  nextUrl: string;
  /** The leader of the Worker's process group. */
  pid: number;
  /** The last lines that the Worker and its emulator wrote. */
  tail(lines: number): string;
  /** Settles when it has ended, for whatever reason. */
  ended: ProcessGroup["ended"];
  stop(): Promise<void>;
};

export type PorterOptions = WranglerFolders & {
  publicUrl: string;
  port: number;
  envFile: string;
  guard: ProcessGuard;
  inspectorPort?: number | undefined;
};

const READY_WITHIN_MS = 120_000;

/** The built Worker on workerd, ready to serve. Throws with the end of its log when it does not come up. */
export async function startBuiltPorter(options: PorterOptions): Promise<PorterServer> {
  if (!existsSync(BUILT.options)) throw new MissingPart("Porter is not built: run `npm run build`.");
  const nextPort = await freePort();
  const args = ["--port", String(options.port), "--persist-to", options.persistDir, "--env-file", options.envFile];
  args.push("--next-port", String(nextPort));
  if (options.inspectorPort !== undefined) args.push("--inspector-port", String(options.inspectorPort));
  const group = await startProcessGroup({
    command: [process.execPath, fileURLToPath(new URL("worker-process.ts", import.meta.url)), ...args],
    cwd: ROOT,
    env: wranglerEnvironment(options),
    logFile: options.logFile,
    guard: options.guard,
  });
  try {
    await waitUntilReady(`http://127.0.0.1:${options.port}`, group);
  } catch (error) {
    await group.stop(2000);
    throw error;
  }
  const { pid, tail, ended } = group;
  const nextUrl = `http://127.0.0.1:${nextPort}`;
  return { url: options.publicUrl, nextUrl, pid, tail, ended, stop: () => group.stop(5000) };
}

/** `wrangler dev` of this main module on loopback, with the run's own variables and data, for hot reload. Not ready yet. */
export function startWorker(main: string, options: PorterOptions): Promise<ProcessGroup> {
  const { port } = options;
  const args = ["dev", main, "--ip", "127.0.0.1", "--port", String(port), "--inspector-port", "0"];
  args.push("--env-file", options.envFile, "--persist-to", options.persistDir, "--test-scheduled");
  return startWrangler([...args, "--show-interactive-dev-session=false"], options);
}

/** Waits until Porter answers at `url`, through Next. Throws with the end of the log when it does not. */
export async function waitUntilReady(url: string, group: ProcessGroup): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    if (group.hasEnded()) throw new Error(`Porter's Worker ended while it started:\n${group.tail(20)}`);
    if (await answers(`${url}/api/auth/csrf`)) return;
    if (Date.now() > deadline) throw new Error(`Porter's Worker did not answer in two minutes:\n${group.tail(20)}`);
    await sleep(200);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}
