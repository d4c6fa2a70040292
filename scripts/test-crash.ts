// `npm run test:crash [-- --seed S]`: kills the real Worker ten times under load and checks what is left.
import { runCrashes } from "../local/trial/crash.ts";
import { runTrial } from "./trial.ts";

await runTrial("crash", runCrashes);
