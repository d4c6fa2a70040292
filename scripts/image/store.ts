import { execFileSync, spawnSync, type StdioOptions } from "node:child_process";
import { join } from "node:path";

export type Output = "shown" | "taken";

const MOST_SAID = 64 * 2 ** 20;

/** A place of its own for images and containers, below a folder. */
export class ImageStore {
  readonly #where: string[];

  constructor(folder: string) {
    const at = ["--root", join(folder, "storage"), "--runroot", join(folder, "run")];
    // Where layers cannot be laid over each other, each one is a whole copy.
    const driver = ["overlay", "vfs"].find((name) => canMount([...at, "--storage-driver", name]));
    if (driver === undefined) throw new Error("buildah can mount no container here");
    this.#where = [...at, "--storage-driver", driver];
  }

  /** Carries out a command of buildah's; answers what it says where that is not shown. */
  run(args: string[], { output = "taken", cwd }: { output?: Output; cwd?: string } = {}): string {
    const stdio: StdioOptions = ["ignore", output === "shown" ? "inherit" : "pipe", "inherit"];
    const said = execFileSync("buildah", [...this.#where, ...args], {
      cwd,
      encoding: "utf8",
      stdio,
      maxBuffer: MOST_SAID,
    });
    // Nothing is taken of what was shown.
    return output === "shown" ? "" : said.trim();
  }

  /** Carries out one that may fail; answers whether it did well, and the end of what it said. */
  try(args: string[], mostTold: number): { isGood: boolean; text: string } {
    const { status, stdout, stderr } = spawnSync("buildah", [...this.#where, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: MOST_SAID,
    });
    return { isGood: status === 0, text: (status === 0 ? stdout : `${stdout}\n${stderr}`).trim().slice(-mostTold) };
  }

  /** The digest of an image that is here. */
  digestOf(image: string): string {
    return this.run(["images", "--digests", "--format", "{{.Digest}}", image]).split("\n")[0] ?? "";
  }

  /** Nothing of it is mounted any more, so that its folder can go. */
  close(): void {
    this.run(["umount", "--all"]);
  }
}

function canMount(where: string[]): boolean {
  const ask = (...args: string[]) => spawnSync("buildah", [...where, ...args], { encoding: "utf8" });
  const container = ask("from", "scratch").stdout.trim();
  const isMounted = container !== "" && ask("mount", container).status === 0;
  ask("umount", container);
  ask("rm", container);
  return isMounted;
}
