import { spawnSync } from "node:child_process";

/**
 * Removes a folder in which others worked. Not by Node, which goes by names: a link that appears in a folder's place
 * meanwhile would lead it elsewhere. rm goes by open folders.
 */
export function removeFolder(folder: string): void {
  spawnSync("rm", ["-rf", "--", folder], { stdio: "ignore" });
}
