import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../checks/command.ts";
import type { ImageStore } from "./store.ts";

export const BASES = ["slim", "full"] as const;
export type Base = (typeof BASES)[number];

/** As the Dockerfile names them. */
const NODE = "docker.io/library/node:24-trixie-slim";
const UV = "ghcr.io/astral-sh/uv:0.13.8";
const DEBIAN = "trixie";
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
const EXTRA_CERTIFICATES = "/usr/local/share/extra-ca.crt";
const IMAGE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const run = (program: string, args: string[]): void =>
  void execFileSync(program, args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] });

/**
 * Lays down what the Dockerfile takes from elsewhere, and answers with which digests it is to be built: a bare Debian
 * with this project's Node stands for Node's image. uv's cannot be had, and what stands for it only says so.
 */
export function layBases(store: ImageStore, work: string): string[] {
  const debian = join(work, "debian.tar");
  run("mmdebstrap", ["--quiet", "--variant=minbase", "--include=ca-certificates", DEBIAN, debian]);
  const layer = join(work, "node");
  layNode(layer);
  const node = store.run(["from", "scratch"]);
  store.run(["add", node, debian, "/"]);
  store.run(["copy", node, layer, "/"]);
  // A network with an authority of its own: npm in the image must know it.
  if (existsSync(CERTIFICATES)) {
    store.run(["copy", node, CERTIFICATES, EXTRA_CERTIFICATES]);
    store.run(["config", "--env", `NODE_EXTRA_CA_CERTS=${EXTRA_CERTIFICATES}`, node]);
  }
  store.run(["config", "--env", `PATH=${IMAGE_PATH}`, node]);
  store.run(["commit", "--rm", node, NODE]);
  const uv = store.run(["from", "scratch"]);
  for (const name of ["uv", "uvx"]) {
    const program = join(work, name);
    writeFileSync(program, "#!/bin/sh\necho 'uv is not in this image' >&2\nexit 127\n");
    chmodSync(program, 0o755);
    store.run(["copy", uv, program, `/${name}`]);
  }
  store.run(["commit", "--rm", uv, UV]);
  return ["--build-arg", `BASE_DIGEST=${store.digestOf(NODE)}`, "--build-arg", `UV_DIGEST=${store.digestOf(UV)}`];
}

/** A file system's layer with this Node and its npm where Node's image has them. */
function layNode(layer: string): void {
  const [bin, modules] = [join(layer, "usr/local/bin"), join(layer, "usr/local/lib/node_modules")];
  for (const folder of [bin, modules]) mkdirSync(folder, { recursive: true });
  cpSync(process.execPath, join(bin, "node"));
  run("npm", ["install", "--global", "--prefix", join(layer, "usr/local"), "--no-audit", "--no-fund", "npm@11"]);
  for (const name of ["npm", "npx"]) {
    rmSync(join(bin, name), { force: true });
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
  }
}

/** Builds a target of the Dockerfile on a base, and answers the image's name. */
export function buildTarget(store: ImageStore, digests: string[], { base, target }: Target): string {
  const image = `localhost/porter-agent:${[base, target].filter(Boolean).join("-")}`;
  const how = ["--isolation", "chroot", "--layers", "--build-arg", `BASE=${base}`, ...digests];
  const what = target === undefined ? [] : ["--target", target];
  store.run(["bud", ...how, ...what, "--tag", image, "."], { output: "shown", cwd: join(ROOT, "agent-image") });
  return image;
}

type Target = { base: Base; target?: string };
