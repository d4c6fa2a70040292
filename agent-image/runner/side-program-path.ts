import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** The program that is started beside the runner's own (side-program.ts): in its bundle where this is in the runner's. */
export const SIDE_PROGRAM = fileURLToPath(new URL(`side-program${extname(import.meta.url)}`, import.meta.url));

/** With this argument it is the reader: it answers one question on stdin and ends. */
export const READER_FLAG = "--read-as-agent";
/** With this argument it makes the inside of a namespace, and then only keeps it. */
export const HOLDER_FLAG = "--hold-namespace";
