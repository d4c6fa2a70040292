import { z } from "zod";
import { readJson } from "./json.ts";
import { PARTS, type PhaseTime, type PhaseTimes } from "./phases.ts";

const time = z.object({ from: z.string(), to: z.string().nullable() });
/** Rows of an older Porter have begins alone. */
const beginOnly = z.string().transform((from): PhaseTime => ({ from, to: null }));

/** Each phase's times as answers hold them; apart from lib/phases.ts, which the task's page takes to the browser. */
export const phaseTimesSchema = z.partialRecord(z.enum(PARTS), time);
const storedTimes = z.partialRecord(z.enum(PARTS), z.union([time, beginOnly]));
/** Of a row's JSON text. Throws when it is none. */
export const readPhaseTimes = (text: string): PhaseTimes => readJson(storedTimes, text);
