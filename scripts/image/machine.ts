import { spawnSync } from "node:child_process";
import { prefixAt } from "../../agent-image/runner/prefix.ts";
import type { ImageStore } from "./store.ts";

const IMAGE_PREFIX = "/opt/porter/prefix";
const IMAGE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
export const HOME = "/tmp/home";
/** Of what went wrong. */
const MOST_TOLD = 2000;

export type Said = { isGood: boolean; text: string };

/** A container of an image, in which commands are carried out with the network of this machine. */
export class ImageMachine {
  readonly root: string;
  readonly #store: ImageStore;
  readonly #container: string;

  constructor(store: ImageStore, image: string) {
    this.#store = store;
    this.#container = store.run(["from", image]);
    this.root = store.run(["mount", this.#container]);
  }

  close(): void {
    this.#store.run(["umount", this.#container]);
    this.#store.run(["rm", this.#container]);
  }

  asRoot(command: string): Said {
    return this.#run(command, []);
  }

  /** As the agent's user, with what the runner gives an agent for its installs. */
  asAgent(command: string): Said {
    const { env, path } = prefixAt(IMAGE_PREFIX);
    const all = { ...env, HOME, PATH: [...path, IMAGE_PATH].join(":"), LANG: "C.UTF-8", TMPDIR: "/tmp" };
    const given = Object.entries(all).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    return this.#run(`mkdir -p ${HOME} && cd ${HOME} && ${command}`, ["--user", "porter", ...given]);
  }

  #run(command: string, options: string[]): Said {
    const args = ["run", "--isolation", "chroot", ...options, this.#container, "--", "sh", "-c", command];
    return this.#store.try(args, MOST_TOLD);
  }
}

/**
 * What to put before the runner's own command so that it runs in the image instead, as the first process of a machine:
 * its own mounts and processes, and the folder of a world at its place. The image is the root of all its mounts, and not
 * of the process alone: the runner makes namespaces of its own and enters them.
 */
export function throughImage(root: string, world: string): string[] {
  const script = `set -e
mount --bind "$0" "$0"
mkdir -p "$0$1" "$0/.outside"
mount --bind "$1" "$0$1"
mount -t proc proc "$0/proc"
mount --rbind /dev "$0/dev"
cd "$0"
pivot_root . .outside
unset PORTER_AGENT_UID PORTER_AGENT_GID
export PATH=${IMAGE_PATH} PORTER_PREFIX=${IMAGE_PREFIX}
exec chroot . sh -c 'umount -l /.outside && exec node /opt/porter/runner.mjs'`;
  return ["unshare", "--mount", "--pid", "--fork", "--", "sh", "-c", script, root, world];
}

/** How the runner ends in an image where nobody has a task for it. */
export function endWithoutTask(root: string): number | null {
  const program = ["--mount", "--pid", "--fork", "chroot", root, "node", "/opt/porter/runner.mjs"];
  return spawnSync("unshare", program, { stdio: ["ignore", "inherit", "inherit"], env: { PATH: IMAGE_PATH } }).status;
}
