import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ensureAgentClis } from "../agent-image/install-clis.ts";
import { openCodeProgram } from "../agent-image/runner/agents/opencode/program.ts";
import { endpointOf } from "../agent-image/runner/provider-endpoints.ts";
import { OPENCODE } from "../lib/agents/opencode.ts";
import { readJson } from "../lib/json.ts";
import { PROVIDER_IDS, PROVIDERS, type ProviderId } from "../lib/providers.ts";
import { catalogueFiles } from "./model-catalogue.ts";

const TARGET = "lib/models.json";
/** A file of its own: pages name the default model and must not carry the whole list. */
const NEWEST = "lib/newest-models.json";

/**
 * Rewrites lib/models.json from the opencode CLI that the machines run, so that the list holds exactly what a task
 * can name. Without a network of its own: the CLI's list is inside of it. Refresh after a new version is pinned.
 */
async function main(): Promise<void> {
  const nodeModules = await ensureAgentClis({ log: (line) => console.error(line) });
  const binary = openCodeProgram(nodeModules);
  const home = mkdtempSync(join(tmpdir(), "porter-models-"));
  try {
    const listings = Object.fromEntries(
      PROVIDER_IDS.map((id) => [id, endpointOf(id) === null ? null : listingOf(binary, home, id)]),
    ) as Record<ProviderId, string | null>;
    const { models, newest } = catalogueFiles(`${OPENCODE.package} ${pinnedVersion()}`, listings);
    writeFileSync(TARGET, models);
    writeFileSync(NEWEST, newest);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Into a file: the CLI leaves before a pipe has taken all of it. */
function listingOf(binary: string, home: string, id: ProviderId): string {
  // A provider is listed once it has a key; nothing is asked with it.
  const keys = Object.fromEntries(PROVIDERS[id].envNames.map((name) => [name, "fake-key"]));
  const path = join(home, `${id}.txt`);
  const file = openSync(path, "w");
  const { status } = spawnSync(binary, ["models", id, "--verbose"], {
    stdio: ["ignore", file, "inherit"],
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      ...keys,
    },
  });
  closeSync(file);
  if (status !== 0) throw new Error(`${OPENCODE.name} could not list the models of ${id}`);
  return readFileSync(path, "utf8");
}

const pinnedVersion = (): string =>
  readJson(
    z.object({ dependencies: z.object({ [OPENCODE.package]: z.string() }) }),
    readFileSync("agent-image/package.json", "utf8"),
  ).dependencies[OPENCODE.package];

await main();
