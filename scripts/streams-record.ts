import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ensureAgentClis } from "../agent-image/install-clis.ts";
import { AGENTS } from "../lib/agents.ts";
import { ENDINGS } from "../local/streams/endings.ts";
import { recordRun } from "../local/streams/record-run.ts";
import { type Recording, RECORDINGS_FOLDER } from "../local/streams/recording.ts";
import { readJson } from "../lib/json.ts";

/**
 * Records the endings of runs again: the real runner and the real CLIs against the scripted model. With names: only
 * those. Run it whenever the runner or a CLI changes; of an agent that is not metered they are written by hand.
 */
async function main(names: string[]): Promise<void> {
  const unknown = names.filter((name) => !ENDINGS.some((ending) => ending.name === name));
  if (unknown.length > 0) throw new Error(`no such ending: ${unknown.join(", ")}`);
  const nodeModules = await ensureAgentClis({ log: (line) => console.error(line) });
  const manifest = readJson(
    z.object({ dependencies: z.record(z.string(), z.string()) }),
    readFileSync(new URL("../agent-image/package.json", import.meta.url), "utf8"),
  );
  for (const ending of ENDINGS) {
    if (names.length > 0 && !names.includes(ending.name)) continue;
    const cli = AGENTS[ending.agent].package;
    const recording = await recordRun(ending, { nodeModules, version: `${cli} ${manifest.dependencies[cli]}` });
    writeFileSync(join(RECORDINGS_FOLDER, `${ending.name}.json`), textOf(recording));
    console.error(`${ending.name}: ${endOf(recording)}`);
  }
}

/** The runner's last word, in short. */
const endOf = ({ messages }: Recording): string => {
  const body = messages.at(-1)?.body;
  return [body?.["outcome"], body?.["failureCode"], body?.["message"]].map(String).join(", ");
};

/** JSON with one line for each line of output and each message, so that a change shows where it is. */
function textOf(recording: Recording): string {
  const fields = Object.entries(recording).map(([name, value]) => {
    const text =
      Array.isArray(value) && value.length > 0
        ? `[\n${value.map((item) => `    ${JSON.stringify(item)}`).join(",\n")}\n  ]`
        : JSON.stringify(value);
    return `  ${JSON.stringify(name)}: ${text}`;
  });
  return `{\n${fields.join(",\n")}\n}\n`;
}

await main(process.argv.slice(2));
