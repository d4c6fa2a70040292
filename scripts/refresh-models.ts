import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { ensureAgentClis } from "../agent-image/install-clis.ts";
import { hasAvx2, platformName } from "../agent-image/runner/agents/launch-parts.ts";
import { endpointOf } from "../agent-image/runner/provider-endpoints.ts";
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
  const binary = join(nodeModules, `opencode-${platformName()}${hasAvx2() ? "" : "-baseline"}`, "bin/opencode");
  const home = mkdtempSync(join(tmpdir(), "porter-models-"));
  try {
    const listings = Object.fromEntries(
      PROVIDER_IDS.map((id) => [id, endpointOf(id) === null ? null : listingOf(binary, home, id)]),
    ) as Record<ProviderId, string | null>;
    const { models, newest } = catalogueFiles(`opencode-ai ${pinnedVersion()}`, listings);
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
  if (status !== 0) throw new Error(`opencode could not list the models of ${id}`);
  return readFileSync(path, "utf8");
}

const pinnedVersion = (): string =>
  readJson(
    z.object({ dependencies: z.object({ "opencode-ai": z.string() }) }),
    readFileSync("agent-image/package.json", "utf8"),
  ).dependencies["opencode-ai"];

await main();
