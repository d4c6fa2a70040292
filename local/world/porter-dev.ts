import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { unstable_readConfig as readWranglerConfig } from "wrangler";
import { z } from "zod";
import { startProcessGroup, type ProcessGroup } from "../processes/process-group.ts";
import { startDevFront } from "./dev-front.ts";
import { freePort } from "./free-port.ts";
import { waitUntilReady, startWorker, type PorterOptions, type PorterServer } from "./porter-server.ts";
import { ROOT } from "./root.ts";

/**
 * Porter with hot reload: `next dev` for pages and API, and beside it the Worker without Next (the engine) for hot
 * paths, queue and cron, behind one address. Both use the run's one database.
 */
export async function startDevPorter(options: PorterOptions & { enginePort: number }): Promise<PorterServer> {
  standInForBuild();
  const engine = await startWorker(writeEngine(options.envFile), { ...options, port: options.enginePort });
  const nextPort = await freePort();
  const next = await startNext({ ...options, port: nextPort });
  const front = await startDevFront({ port: options.port, enginePort: options.enginePort, nextPort });
  const stop = async (): Promise<void> => {
    await Promise.all([front.close(), next.stop(5000), engine.stop(5000)]);
  };
  try {
    await waitUntilReady(`http://127.0.0.1:${options.port}`, next);
  } catch (error) {
    await stop();
    throw error;
  }
  const { pid, tail } = next;
  const nextUrl = `http://127.0.0.1:${nextPort}`;
  return { url: options.publicUrl, nextUrl, pid, tail, ended: Promise.race([next.ended, engine.ended]), stop };
}

function startNext(options: PorterOptions): Promise<ProcessGroup> {
  return startProcessGroup({
    command: [
      process.execPath,
      join(ROOT, "node_modules", "next", "dist", "bin", "next"),
      "dev",
      "--hostname",
      "127.0.0.1",
      "--port",
      String(options.port),
    ],
    cwd: ROOT,
    // Read by next.config.ts.
    env: {
      ...process.env,
      NEXT_TELEMETRY_DISABLED: "1",
      PORTER_DEV_CONFIG: writeNextConfig(options.envFile),
      PORTER_DEV_STATE: join(options.persistDir, "v3"),
      WRANGLER_REGISTRY_PATH: options.registryDir,
      WRANGLER_SEND_METRICS: "false",
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
    logFile: `${options.logFile}.next`,
    guard: options.guard,
  });
}

/** The bindings, without Worker, clock and consumers; wrangler has checked what is in them. */
const sharedConfigSchema = z.object({
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()),
  d1_databases: z.array(z.unknown()),
  r2_buckets: z.array(z.unknown()),
  queues: z.object({ producers: z.array(z.unknown()) }),
});

/**
 * Next in development takes its variables from a `.dev.vars` beside wrangler's configuration and nowhere else, so it
 * gets a configuration of its own in the run's folder.
 */
function writeNextConfig(envFile: string): string {
  const folder = join(dirname(envFile), "next");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(envFile, join(folder, ".dev.vars"));
  const config = sharedConfigSchema.parse(readWranglerConfig({ config: join(ROOT, "wrangler.toml") }));
  const path = join(folder, "wrangler.json");
  writeFileSync(path, JSON.stringify({ name: "porter-next", ...config }));
  return path;
}

/** The Worker's entry over a database that waits for `next dev`, in the run's folder: production has no such thing. */
function writeEngine(envFile: string): string {
  const { main } = z.object({ main: z.string() }).parse(readWranglerConfig({ config: join(ROOT, "wrangler.toml") }));
  const [worker, waiting] = [main, join(ROOT, "local", "world", "waiting-d1.ts")].map((path) => JSON.stringify(path));
  const path = join(dirname(envFile), "engine.ts");
  const lines = [
    `import worker from ${worker};`,
    `import { overWaitingD1 } from ${waiting};`,
    `export * from ${worker};`,
    "export default overWaitingD1(worker);",
  ];
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

/** The engine's entry imports the build, which a fresh clone has not; the engine never calls it. */
function standInForBuild(): void {
  const build = join(ROOT, ".open-next");
  mkdirSync(join(build, "assets"), { recursive: true });
  if (existsSync(join(build, "worker.js"))) return;
  writeFileSync(
    join(build, "worker.js"),
    'export default { fetch: () => new Response("not built", { status: 404 }) };\n',
  );
}
