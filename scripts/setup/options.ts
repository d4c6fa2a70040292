import { parseArgs } from "node:util";
import { z } from "zod";
import { AGENT_IDS } from "../../lib/agents.ts";
import { Usage } from "../operator-call.ts";

const isLoopback = (url: URL): boolean => ["127.0.0.1", "localhost"].includes(url.hostname);

/** `https://host`, and `http://` for this machine alone. */
const address = z.string().transform((text, context) => {
  const url = URL.parse(text);
  const isBare = url !== null && url.pathname === "/" && url.search === "" && url.username === "";
  if (isBare && (url.protocol === "https:" || isLoopback(url))) return url.origin;
  context.addIssue({ code: "custom", message: "an address such as https://porter.example.com, without a path" });
  return z.NEVER;
});

/** A base, and the agent that is alone on it. */
const IMAGE_NAME = `(?:full|slim)(?:-(?:${AGENT_IDS.join("|")}))?`;

const matching = (pattern: RegExp, wanted: string) => z.string().regex(pattern, wanted);

/** What is chosen once and holds for every later run; the folder of the installation remembers it. */
export const choicesSchema = z.object({
  url: address.optional(),
  organization: matching(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/, "the name of a GitHub organisation").optional(),
  mention: matching(
    /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
    "what commands begin with, such as porter, without @",
  ).optional(),
  people: z
    .string()
    .transform((text) => text.replaceAll(" ", ""))
    .pipe(
      matching(
        /^[A-Za-z0-9][A-Za-z0-9_-]*(?:,[A-Za-z0-9][A-Za-z0-9_-]*)*$/,
        "names of people and organisations on GitHub, such as you,your-organisation, or everybody",
      ),
    )
    .optional(),
  registry: matching(
    /^(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d+)?(?:\/[a-z0-9._-]+)+$/,
    "a repository such as ghcr.io/you/porter-agent, without a tag",
  ).optional(),
  image: matching(
    /^(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d+)?(?:\/[a-z0-9._-]+)+(?::[\w.-]+)?@sha256:[0-9a-f]{64}$/,
    "a published image with its digest, such as ghcr.io/you/porter-agent@sha256:…",
  ).optional(),
  images: matching(
    new RegExp(`^${IMAGE_NAME}(?:,${IMAGE_NAME})*$`),
    "names of further images, such as slim or slim,slim-claude,full-claude",
  ).optional(),
  githubUrl: address.optional(),
  githubApiUrl: z
    .url()
    .transform((url) => url.replace(/\/+$/, ""))
    .optional(),
});
export type Choices = z.output<typeof choicesSchema>;

const optionsSchema = choicesSchema
  .pick({ url: true, organization: true, mention: true, people: true, registry: true, image: true, images: true })
  .extend({
    // Cloudflare's limit of 63 characters, less the longest ending that set-up adds.
    name: matching(/^[a-z](?:[a-z0-9-]{0,48}[a-z0-9])?$/, "a Worker's name: small letters, digits and dashes").default(
      "porter",
    ),
    plan: z.boolean().default(false),
  });
export type Options = z.output<typeof optionsSchema>;

/** The command line. Throws `Usage` with one sentence that names the option. */
export function readOptions(args: string[]): Options {
  const parsed = optionsSchema.safeParse(readArguments(args));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Usage(`--${issue?.path.join(".")} takes ${issue?.message}.`);
  }
  const { image, images, registry } = parsed.data;
  if (image !== undefined && registry !== undefined)
    throw new Usage("--image takes a published image and --registry builds one: say one of them.");
  if (image !== undefined && images !== undefined)
    throw new Usage("--images builds further images, and --image takes one that is published: say one of them.");
  return parsed.data;
}

function readArguments(args: string[]): unknown {
  const text = { type: "string" } as const;
  const named = { name: text, url: text, organization: text, mention: text, people: text } as const;
  const options = { ...named, registry: text, image: text, images: text } as const;
  try {
    return parseArgs({ args, options: { ...options, plan: { type: "boolean" } } }).values;
  } catch (error) {
    // Node's own sentence, without its advice about quoting.
    throw new Usage(error instanceof Error ? `${error.message.split(/[.\n]/)[0]}.` : String(error));
  }
}
