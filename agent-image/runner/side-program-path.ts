import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** The program that is started beside the runner's own (helper.ts): in its bundle where this is in the runner's. */
export const HELPER_PROGRAM = fileURLToPath(new URL(`helper${extname(import.meta.url)}`, import.meta.url));

/** With this argument it is the reader: it answers one question on stdin and ends. */
export const READER_FLAG = "--read-as-agent";
/** With this argument it makes the inside of a namespace, and then only keeps it. */
export const HOLDER_FLAG = "--hold-namespace";
