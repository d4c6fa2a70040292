// `npm run test:storm [-- --seed S --deliveries N --people N]`: a thousand deliveries in ten seconds for twenty people
// over the built Worker.
import { parseArgs } from "node:util";
import { runStorm } from "../local/trial/storm.ts";
import { runTrial } from "./trial.ts";

const { values } = parseArgs({
  options: { deliveries: { type: "string", default: "1000" }, people: { type: "string", default: "20" } },
  strict: false,
});
const size = { deliveries: Number(values.deliveries), people: Number(values.people) };

await runTrial("storm", (options) => runStorm({ ...options, ...size }));
