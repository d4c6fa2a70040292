// `npm run image:check`: builds agent-image/ as its Dockerfile says and starts the runner in it, on Debian as root and
// without a Docker engine: a bare Debian with this project's Node stands for node:24-slim, buildah carries out the steps
// in a chroot. Where that cannot be, it says "not checked" and exits with 77.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildRunner } from "../agent-image/build.ts";
import { AGENT_IDS, AGENTS } from "../lib/agents.ts";
import { ROOT } from "./checks/command.ts";
import { NOT_CHECKED } from "./test-reports.ts";

const TOOLS = ["mmdebstrap", "buildah"];
const BASE = "docker.io/library/node:24-slim";
const IMAGE = "localhost/porter-agent:check";
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

const isThere = (program: string): boolean => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;

/** Why it cannot be checked on this machine, with what to do; undefined when it can. */
function missing(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "it takes root on a Debian";
  if (!TOOLS.every(isThere)) return `it takes apt-get install -y --no-install-recommends ${TOOLS.join(" ")}`;
  return undefined;
}

const run = (program: string, args: string[], cwd = ROOT): void =>
  void execFileSync(program, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });

/** A file system's layer with this Node and its npm where node:24-slim has them. */
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

function buildImage(work: string): (args: string[]) => string {
  const store = ["--root", join(work, "storage"), "--runroot", join(work, "run"), "--storage-driver", "vfs"];
  const buildah = (args: string[]): string =>
    execFileSync("buildah", [...store, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
  const base = join(work, "base.tar");
  run("mmdebstrap", ["--quiet", "--variant=minbase", "--include=ca-certificates", "bookworm", base]);
  layNode(join(work, "node"));
  const container = buildah(["from", "scratch"]);
  buildah(["add", container, base, "/"]);
  buildah(["copy", container, join(work, "node"), "/"]);
  // A network with an authority of its own: npm in the image must know it.
  if (existsSync(CERTIFICATES)) {
    buildah(["copy", container, CERTIFICATES, "/usr/local/share/extra-ca.crt"]);
    buildah(["config", "--env", "NODE_EXTRA_CA_CERTS=/usr/local/share/extra-ca.crt", container]);
  }
  buildah(["config", "--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", container]);
  buildah(["commit", "--rm", container, BASE]);
  const digest = buildah(["images", "--digests", "--format", "{{.Digest}}", BASE]).split("\n")[0] ?? "";
  const args = ["bud", "--isolation", "chroot", "--build-arg", `BASE_DIGEST=${digest}`, "--tag", IMAGE, "."];
  run("buildah", [...store, ...args], join(ROOT, "agent-image"));
  return buildah;
}

/** What must answer in the image, and how. */
const ANSWERS: [string[], RegExp][] = [
  [["git", "--version"], /^git version/],
  [["rg", "--version"], /^ripgrep/],
  [["id", "-u", "porter"], /^10001$/m],
  ...AGENT_IDS.map((id): [string[], RegExp] => [
    [`/opt/porter/node_modules/${AGENTS[id].programs(`linux-${process.arch}`)[0]}`, "--version"],
    /\d+\.\d+/,
  ]),
];

function checkAnswers(buildah: (args: string[]) => string): string[] {
  const container = buildah(["from", IMAGE]);
  const wrong = ANSWERS.flatMap(([command, expected]) => {
    const said = buildah(["run", "--isolation", "chroot", container, "--", ...command]);
    return expected.test(said) ? [] : [`${command.join(" ")} answered ${JSON.stringify(said.slice(0, 200))}`];
  });
  // Without a task to claim the runner ends with its exit code for a machine that is set up wrongly.
  const mounted = buildah(["mount", container]);
  const program = ["--mount", "--pid", "--fork", "chroot", mounted, "node", "/opt/porter/runner.mjs"];
  const { status } = spawnSync("unshare", program, { stdio: ["ignore", "inherit", "inherit"] });
  return status === 2 ? wrong : [...wrong, `the runner without a task ended with ${status}, not with 2`];
}

const reason = missing();
if (reason !== undefined) {
  console.log(`The image was not checked: ${reason}.`);
  process.exit(NOT_CHECKED);
}
const work = mkdtempSync(join(tmpdir(), "porter-image-"));
try {
  console.log(`Runner: ${dirname(await buildRunner())}`);
  const wrong = checkAnswers(buildImage(work));
  for (const sentence of wrong) console.log(`WRONG: ${sentence}`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
