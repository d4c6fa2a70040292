import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { buildRunner, bundleOf } from "../../agent-image/build.ts";
import { ROOT } from "../checks/command.ts";
import { runChild } from "./child.ts";
import { SetupError, reasonOf } from "./setup-error.ts";
import { isPublic } from "./public-image.ts";
import type { SetupContext, SetupStep } from "./step.ts";
import { readJson } from "../../lib/json.ts";

const FILE = "image.json";
const CONTEXT = join(ROOT, "agent-image");
const LOCAL_NAME = "porter-agent";
/** The base of the image that every run can have. */
const MAIN = "full";
const keptSchema = z.object({
  inputs: z.string(),
  registry: z.string(),
  reference: z.string(),
  /** Further images, by name. */
  others: z.record(z.string(), z.string()).default({}),
});
type Built = { reference: string; others: Record<string, string> };
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const manifestSchema = z.object({ digest });
const metadataSchema = z.object({ "containerimage.digest": digest });

/** The images of the machines: a published one, or built from agent-image/ and pushed. */
export const imageStep: SetupStep = {
  name: "image",
  plan: async (installation) => {
    const { choices, folder } = installation;
    if (choices.image !== undefined) return use(installation, { reference: choices.image, others: {} });
    const { registry } = choices;
    if (registry === undefined) {
      const fix =
        "--registry ghcr.io/you/porter-agent builds it and pushes it there; --image …@sha256:… takes a published one";
      throw new SetupError("no image for the machines is named", fix);
    }
    const inputs = await imageInputs();
    const names = choices.images?.split(",").filter((name) => name !== MAIN) ?? [];
    const kept = folder.read(FILE, keptSchema);
    const isSame = kept?.inputs === inputs && kept.registry === registry;
    if (isSame && Object.keys(kept.others).join() === names.join()) return use(installation, kept);
    await docker("buildx", "version").catch(() => {
      const fix = "install Docker (https://docs.docker.com/get-docker), or take a published image with --image";
      throw new SetupError("docker buildx does not run here, and the image is to be built", fix);
    });
    const make = async (): Promise<string> => {
      const all = [MAIN, ...names].join(", ");
      installation.say(`  docker builds it (${all}) and pushes it to ${registry} (some minutes) …`);
      const built = { reference: await buildImage(registry, ["latest"]), others: await buildOthers(registry, names) };
      folder.write(FILE, { inputs, registry, ...built });
      await use(installation, built);
      return built.reference;
    };
    return { will: `build it and push it to ${registry}`, make };
  },
};

async function use(installation: SetupContext, { reference, others }: Built): Promise<{ there: string }> {
  for (const each of [reference, ...Object.values(others)]) await requirePublic(each);
  installation.image = reference;
  installation.images = others;
  return { there: reference };
}

async function requirePublic(reference: string): Promise<void> {
  const isSeen = await isPublic(reference).catch((error: unknown) => {
    throw new SetupError(`the registry of ${reference} does not answer: ${reasonOf(error)}`, "run set-up again later");
  });
  if (isSeen) return;
  const fix = "make the package public at its registry (a new one on ghcr.io is private), then run set-up again";
  throw new SetupError(`nobody may pull ${reference} without signing in, or it is not there`, fix);
}

/** Everything of this repository that the images are made of; what they begin with is read again whenever it changes. */
async function imageInputs(): Promise<string> {
  const runner = await buildRunner();
  const hash = createHash("sha256");
  const names = ["Dockerfile", "package.json", "package-lock.json", "tools/package.json", "tools/package-lock.json"];
  for (const path of [runner, bundleOf("side-program"), ...names.map((name) => join(CONTEXT, name))])
    hash.update(await readFile(path)).update("\0");
  return hash.digest("hex");
}

const docker = (...args: string[]) => runChild("docker", { args, cwd: CONTEXT });

/** Builds and pushes images by their names, such as `slim` or `full-claude`; answers their references. */
async function buildOthers(registry: string, names: string[]): Promise<Record<string, string>> {
  const others: Record<string, string> = {};
  for (const name of names) {
    const [base = MAIN, agent] = name.split("-");
    others[name] = await buildImage(registry, [name], { base, agent });
  }
  return others;
}

/** `agent`: alone on the base; undefined: all of them. */
type Wanted = { base: string; agent?: string | undefined };

/**
 * Builds with docker and pushes, under each of the tags; the reference names what was pushed, in the builder's own words.
 * Without a registry the image stays with docker, as `porter-agent`.
 */
export async function buildImage(
  registry: string | undefined,
  tags: string[],
  { base, agent }: Wanted = { base: MAIN },
): Promise<string> {
  const what = ["--build-arg", `BASE=${base}`, ...(agent === undefined ? [] : ["--target", agent])];
  const digests = await digestArguments();
  const scratch = await mkdtemp(join(tmpdir(), "porter-image-"));
  try {
    const metadata = join(scratch, "metadata.json");
    // Fly Machines are amd64, whatever builds.
    const how = ["--platform", "linux/amd64", ...digests, ...what, "--metadata-file", metadata];
    const name = registry ?? LOCAL_NAME;
    const where = [registry === undefined ? "--load" : "--push", ...tags.flatMap((tag) => ["--tag", `${name}:${tag}`])];
    await docker("buildx", "build", ...where, ...how, ".");
    if (registry === undefined) return name;
    const built = readJson(metadataSchema, await readFile(metadata, "utf8"));
    return `${registry}@${built["containerimage.digest"]}`;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** `FROM image@${ARG}` in the Dockerfile: each such image's digest of today, for its argument. */
async function digestArguments(): Promise<string[]> {
  const dockerfile = await readFile(join(CONTEXT, "Dockerfile"), "utf8");
  const args: string[] = [];
  for (const [, image = "", argument] of dockerfile.matchAll(/^FROM ([^@\s]+)@\$\{(\w+)\}/gm)) {
    const inspected = await docker("buildx", "imagetools", "inspect", image, "--format", "{{json .Manifest}}");
    args.push("--build-arg", `${argument}=${readJson(manifestSchema, inspected).digest}`);
  }
  if (args.length === 0) throw new Error("agent-image/Dockerfile names no base");
  return args;
}
