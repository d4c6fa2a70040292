import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { buildRunner } from "../../agent-image/build.ts";
import { ROOT } from "../checks/command.ts";
import { runChild } from "./child.ts";
import { SetupError, reasonOf } from "./setup-error.ts";
import { isPublic } from "./public-image.ts";
import type { SetupContext, SetupStep } from "./step.ts";
import { readJson } from "../../lib/json.ts";

const FILE = "image.json";
const CONTEXT = join(ROOT, "agent-image");
const LOCAL_NAME = "porter-agent";
const keptSchema = z.object({ inputs: z.string(), registry: z.string(), reference: z.string() });
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const baseSchema = z.object({ digest });
const metadataSchema = z.object({ "containerimage.digest": digest });

/** The image of the machines: a published one, or built from agent-image/ and pushed. */
export const imageStep: SetupStep = {
  name: "image",
  plan: async (installation) => {
    const { choices, folder } = installation;
    if (choices.image !== undefined) return use(installation, choices.image);
    const { registry } = choices;
    if (registry === undefined) {
      const fix =
        "--registry ghcr.io/you/porter-agent builds it and pushes it there; --image …@sha256:… takes a published one";
      throw new SetupError("no image for the machines is named", fix);
    }
    const inputs = await imageInputs();
    const kept = folder.read(FILE, keptSchema);
    if (kept?.inputs === inputs && kept.registry === registry) return use(installation, kept.reference);
    await docker("buildx", "version").catch(() => {
      const fix = "install Docker (https://docs.docker.com/get-docker), or take a published image with --image";
      throw new SetupError("docker buildx does not run here, and the image is to be built", fix);
    });
    const make = async (): Promise<string> => {
      installation.say(`  docker builds it and pushes it to ${registry} (some minutes) …`);
      const reference = await buildImage(registry, ["latest"]);
      folder.write(FILE, { inputs, registry, reference });
      await use(installation, reference);
      return reference;
    };
    return { will: `build it and push it to ${registry}`, make };
  },
};

async function use(installation: SetupContext, reference: string): Promise<{ there: string }> {
  const isSeen = await isPublic(reference).catch((error: unknown) => {
    throw new SetupError(`the registry of ${reference} does not answer: ${reasonOf(error)}`, "run set-up again later");
  });
  if (!isSeen) {
    const fix = "make the package public at its registry (a new one on ghcr.io is private), then run set-up again";
    throw new SetupError(`nobody may pull ${reference} without signing in, or it is not there`, fix);
  }
  installation.image = reference;
  return { there: reference };
}

/** Everything of this repository that the image is made of; the base is read again whenever this changes. */
async function imageInputs(): Promise<string> {
  const runner = await buildRunner();
  const hash = createHash("sha256");
  for (const path of [
    runner,
    ...["Dockerfile", "package.json", "package-lock.json"].map((name) => join(CONTEXT, name)),
  ])
    hash.update(await readFile(path)).update("\0");
  return hash.digest("hex");
}

const docker = (...args: string[]) => runChild("docker", { args, cwd: CONTEXT });

/**
 * Builds with docker and pushes, under each of the tags; the reference names what was pushed, in the builder's own words.
 * Without a registry the image stays with docker, as `porter-agent`.
 */
export async function buildImage(registry: string | undefined, tags: string[]): Promise<string> {
  const base = /^FROM ([^@\s]+)@/m.exec(await readFile(join(CONTEXT, "Dockerfile"), "utf8"))?.[1];
  if (base === undefined) throw new Error("agent-image/Dockerfile names no base");
  const format = ["--format", "{{json .Manifest}}"];
  const inspected = await docker("buildx", "imagetools", "inspect", base, ...format);
  const { digest: baseDigest } = readJson(baseSchema, inspected);
  const scratch = await mkdtemp(join(tmpdir(), "porter-image-"));
  try {
    const metadata = join(scratch, "metadata.json");
    // Fly Machines are amd64, whatever builds.
    const how = ["--platform", "linux/amd64", "--build-arg", `BASE_DIGEST=${baseDigest}`, "--metadata-file", metadata];
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
