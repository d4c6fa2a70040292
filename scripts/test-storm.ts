// `npm run test:storm [-- --seed S]`: a thousand deliveries in ten seconds over the built Worker.
import { runStorm } from "../local/trial/storm.ts";
import { runTrial } from "./trial.ts";

await runTrial("storm", (options) => runStorm({ ...options, deliveries: 1000, people: 20 }));
