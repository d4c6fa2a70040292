// The built Worker on workerd, by the same emulator as `wrangler dev`, but without its bundler and its second server in
// front, whose start costs more than all the rest. `--port --persist-to --env-file`,
// `--next-port` for Next alone; what the Worker logs goes to stdout.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs, parseEnv } from "node:util";
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptions, V4WorkerOptionsSchema } from "miniflare";
import { z } from "zod";
import { readJson } from "../../lib/json.ts";
import { BUILT } from "./built.ts";
import { ROOT } from "./root.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    "persist-to": { type: "string" },
    "env-file": { type: "string" },
    "inspector-port": { type: "string" },
    "next-port": { type: "string" },
  },
});
const { port, "next-port": nextPort, "persist-to": persistTo, "env-file": envFile } = values;
if (port === undefined || nextPort === undefined || persistTo === undefined || envFile === undefined)
  throw new Error("--port, --next-port, --persist-to and --env-file are needed");

const built = readJson(z.record(z.string(), z.unknown()), readFileSync(BUILT.options, "utf8"));
const worker = V4WorkerOptionsSchema.parse({
  ...built,
  name: "porter",
  modulesRoot: dirname(BUILT.worker),
  modules: [{ type: "ESModule", path: BUILT.worker }],
  // wrangler.toml has bindings to things, and no variables: those are the run's own.
  bindings: parseEnv(readFileSync(envFile, "utf8")),
  unsafeDirectSockets: [{ host: "127.0.0.1", port: Number(nextPort), entrypoint: "NextAlone" }],
});
const emulator = new Miniflare(
  convertV4MiniflareOptions({
    rootPath: ROOT,
    host: "127.0.0.1",
    port: Number(port),
    resourcePersistencePath: join(persistTo, "v3"),
    unsafeTriggerHandlers: true,
    logRequests: false,
    ...(values["inspector-port"] === undefined ? {} : { inspectorPort: Number(values["inspector-port"]) }),
    handleStructuredLogs: ({ message }) => console.log(message),
    // Its schema says of what may be missing that it may be undefined, its own type does not.
    workers: [worker as V4WorkerOptions],
  }),
);
const leave = (): void => process.exit(0);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => {
    emulator.dispose().then(leave, leave);
  });
await emulator.ready;
