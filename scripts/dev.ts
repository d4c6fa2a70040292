// `npm run dev`: the demo's world around `next dev`. Pages and server code reload; octocat is ready to comment.
import { CliInstallError } from "../agent-image/install-clis.ts";
import { DEFAULT_AGENT } from "../lib/agents.ts";
import { porterApi } from "../local/demo/porter-api.ts";
import { onEndOfProcess } from "../local/world/end-of-process.ts";
import { MissingPart } from "../local/world/missing-part.ts";
import { keysForAgents } from "../local/world/world-secrets.ts";
import { signIn } from "../local/world/sign-in.ts";
import { startWorld, type World } from "../local/world/world.ts";
import { newRunFolder } from "./run-folder.ts";

const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function prepare(setWorld: (world: World) => void): Promise<void> {
  say("Starting GitHub, Fly, a scripted model and `next dev` on loopback …");
  const world = await startWorld({
    stateDir: newRunFolder("dev"),
    porter: "dev",
    preferredPorts: [3000, 3001, 3002],
    report: say,
  });
  setWorld(world);
  const api = porterApi(world.porter.url, await signIn(world.porter.url, "octocat"));
  await api.saveProviderKeys(keysForAgents(world.secrets));
  await api.saveFly(world.secrets.flyToken, world.flyApp);
  say(`
  Porter   ${world.porter.url}   (sign in as octocat, whose keys are saved)
  GitHub   ${world.github.url}/octocat/hello-porter/issues/1   (comment there: @porter ${DEFAULT_AGENT})
  Logs     ${world.stateDir}

  Ctrl-C ends everything.
`);
}

let world: World | null = null;
let isEnding = false;
function end(exitCode: number): void {
  isEnding = true;
  const leave = (): void => process.exit(exitCode);
  (world?.close() ?? Promise.resolve()).then(leave, leave);
}

onEndOfProcess(end);
try {
  await prepare((started) => (world = started));
} catch (error) {
  if (!isEnding) {
    say(error instanceof Error ? error.message : String(error));
    end(error instanceof MissingPart || error instanceof CliInstallError ? 2 : 1);
  }
}
