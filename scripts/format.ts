// `npm run format`: writes what `npm run check` wants to see.
import { runTool } from "./checks/command.ts";

const { ok, output } = await runTool("oxfmt", ["."]);
console.log(output);
process.exitCode = ok ? 0 : 1;
