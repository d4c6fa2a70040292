import { chown, mkdir, writeFile } from "node:fs/promises";
import type { AgentUser } from "./agent-user.ts";
import { ConfigError } from "./agent-user.ts";
import { prefixAt } from "./prefix.ts";
import { askToolchain, TOOLCHAIN_FILE } from "./toolchain.ts";

/** The last step of the image's build: the agent's folders to install to, and the list of what the image has. */
export async function finishImage({ prefix, user }: { prefix: string | null; user: AgentUser }): Promise<void> {
  if (prefix === null) throw new ConfigError("PORTER_PREFIX is missing");
  for (const folder of prefixAt(prefix).folders) {
    await mkdir(folder, { recursive: true });
    await chown(folder, user.uid, user.gid);
  }
  await writeFile(TOOLCHAIN_FILE, `${JSON.stringify(await askToolchain(), null, 2)}\n`);
}
