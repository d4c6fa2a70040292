// `npm run image:build`: the machines' image as agent-image/Dockerfile says, from the newest base, with docker.
//   -- --push ghcr.io/you/porter-agent   pushes it too; the last line names what was pushed, by its digest
//   -- --tag v1.2.0                      under this tag besides `latest`
import { parseArgs } from "node:util";
import { buildRunner } from "../agent-image/build.ts";
import { buildImage } from "./setup/image.ts";
import { SetupError } from "./setup/setup-error.ts";

const { values } = parseArgs({ options: { push: { type: "string" }, tag: { type: "string" } } });
try {
  console.error(`Runner: ${await buildRunner()}`);
  console.log(await buildImage(values.push, ["latest", ...(values.tag === undefined ? [] : [values.tag])]));
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`${error.message}: ${error.fix}`);
  process.exitCode = 1;
}
