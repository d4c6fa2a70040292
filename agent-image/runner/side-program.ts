// What the runner starts beside itself, again and again: a program of its own, which loads none of the runner's other parts.
import { readAsAgent } from "./collect/reader.ts";
import { HOLDER_FLAG, READER_FLAG } from "./side-program-path.ts";
import { holdNamespace } from "./seal/holder.ts";

const [, , flag, order = ""] = process.argv;
if (flag === READER_FLAG) readAsAgent();
else if (flag === HOLDER_FLAG) await holdNamespace(order);
else throw new Error("the runner starts this program, and says as what");
process.exit();
