import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { AGENT_IDS } from "../../lib/agents.ts";
import { readJson } from "../../lib/json.ts";

const ms = z.number().int().min(0);

/**
 * One run of the real runner from its first call to Porter to its last, as `npm run streams:record` wrote it down. All
 * times are ms since the run began; paths, ports and ids of the machine that recorded are replaced.
 */
export const recordingSchema = z.object({
  /** The name of the file, and of its ending in `endings.ts`. */
  name: z.string(),
  /** One sentence for people: what happened in this run. */
  about: z.string(),
  /** `published`: written by hand from the vendor's published types, where its CLI cannot run without its cloud. */
  source: z.enum(["recorded", "published"]),
  agent: z.enum(AGENT_IDS),
  /** The CLI's package and version, or what stood in its place. */
  cli: z.string(),
  limits: z.object({ deadlineMs: ms, stallTimeoutMs: ms }),
  /** The agent's output, line by line; none when it was never started. */
  lines: z.array(z.object({ t: ms, stream: z.enum(["stdout", "stderr"]), s: z.string() })),
  /** What the model provider refused: the answer as the key proxy saw it. */
  refusals: z.array(
    z.object({ t: ms, status: z.number().int(), headers: z.record(z.string(), z.string()), body: z.string() }),
  ),
  /** How the agent's first process ended; null when it was never started. */
  exit: z.object({ t: ms, code: z.number().int().nullable(), signal: z.string().nullable() }).nullable(),
  /** Everything that the runner said to Porter, in order: the callback's name and its body as it was sent. */
  messages: z.array(
    z.object({
      t: ms,
      path: z.enum(["progress", "heartbeat", "complete"]),
      /** What Porter answered; 410 asks the runner to stop. */
      status: z.number().int(),
      body: z.looseObject({ taskId: z.string(), attempt: z.number().int() }),
    }),
  ),
});
export type Recording = z.infer<typeof recordingSchema>;

export const RECORDINGS_FOLDER = fileURLToPath(new URL("./fixtures/", import.meta.url));

/** The recording of this ending. */
const readRecording = (name: string): Recording =>
  readJson(recordingSchema, readFileSync(join(RECORDINGS_FOLDER, `${name}.json`), "utf8"));

/** Every recording there is, by name. */
export const readRecordings = (): Recording[] =>
  readdirSync(RECORDINGS_FOLDER)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .toSorted()
    .map(readRecording);
