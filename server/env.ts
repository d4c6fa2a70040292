import { z } from "zod";
import { tryJson } from "@/lib/json";
import { IMAGE_NAME } from "@/lib/machine-image";
import { readPeople } from "@/lib/people";
import { readKeptDays } from "@/lib/row-ends";

/** `1:<base64 of 32 bytes>,2:<…>`: the highest version seals, every listed one opens. */
const encryptionKeys = z.string().transform((text, context) => {
  const keys = new Map<number, Uint8Array<ArrayBuffer>>();
  for (const part of text.split(",").filter((piece) => piece.trim() !== "")) {
    const match = /^\s*(\d{1,6}):([A-Za-z0-9+/_-]+={0,2})\s*$/.exec(part);
    const bytes = match?.[2] === undefined ? null : decodeBase64(match[2]);
    if (match === null || bytes === null || bytes.length < 32) {
      context.addIssue({ code: "custom", message: "each part must be `<version>:<base64 of at least 32 bytes>`" });
      return z.NEVER;
    }
    keys.set(Number(match[1]), bytes);
  }
  if (keys.size === 0) {
    context.addIssue({ code: "custom", message: "holds no key" });
    return z.NEVER;
  }
  return keys;
});

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

const origin = z.url().transform((value) => value.replace(/\/+$/, ""));
const secret = z.string().min(16);
const cap = z.coerce.number().int().min(1).max(100_000);

/** Every variable that Porter reads, one line of meaning each. Source of `docs` and of `GET /api/startup/check`. */
export const envSchema = z.object({
  PUBLIC_URL: origin.describe("Origin under which people and machines reach Porter"),
  ENCRYPTION_KEYS: encryptionKeys.describe("Versioned keys that seal secrets: `1:<base64 of 32 bytes>`"),
  AUTH_SECRET: z.string().min(32).describe("Signs session cookies; at least 32 characters"),
  GITHUB_URL: origin
    .default("https://github.com")
    .describe("GitHub's web and git origin; a GitHub Enterprise origin works"),
  GITHUB_API_URL: origin.default("https://api.github.com").describe("GitHub's REST API"),
  GITHUB_APP_ID: z.coerce.number().int().positive().describe("Numeric id of the GitHub App"),
  GITHUB_APP_SLUG: z.string().min(1).describe("The App's name in URLs; its bot is `<slug>[bot]`"),
  GITHUB_APP_PRIVATE_KEY: z.string().includes("PRIVATE KEY").describe("The App's private key, PEM"),
  MENTION: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/, "must be a name such as porter, without @")
    .transform((name) => name.toLowerCase())
    .default("porter")
    .describe("What commands begin with, without @; the App's own name counts too"),
  GITHUB_CLIENT_ID: z.string().min(1).describe("OAuth client id of the App (or of a classic OAuth app)"),
  GITHUB_CLIENT_SECRET: z.string().min(1).describe("OAuth client secret"),
  GITHUB_WEBHOOK_SECRET: secret.optional().describe("Signs deliveries; without it the webhook answers 503"),
  GITHUB_WEBHOOK_SECRET_PREVIOUS: secret.optional().describe("The secret before, accepted while it is rotated"),
  HSTS: z
    .enum(["host", "subdomains", "preload"])
    .default("host")
    .describe("How far browsers keep to https: this host, its subdomains too, or these in browsers' own lists"),
  FLY_API_URL: origin.default("https://api.machines.dev").describe("Fly Machines API"),
  AGENT_IMAGE: z.string().min(1).describe("Image of the machines, pinned by digest"),
  AGENT_IMAGES: z
    .string()
    .default("{}")
    .transform((text, context) => {
      const parsed = tryJson(z.record(z.string().regex(IMAGE_NAME), z.string().min(1)), text);
      if (parsed !== undefined) return parsed;
      context.addIssue({ code: "custom", message: 'must be JSON such as {"slim":"registry/image@sha256:…"}' });
      return z.NEVER;
    })
    .describe(
      "Other images of the machines, JSON by name: `slim`, `full`, or one with an agent alone as `slim-claude`",
    ),
  PROVIDER_BASE_URLS: z
    .string()
    .default("{}")
    .transform((text, context) => {
      const parsed = tryJson(z.record(z.string(), z.url()), text);
      if (parsed !== undefined) return parsed;
      context.addIssue({ code: "custom", message: 'must be JSON such as {"anthropic":"https://…"}' });
      return z.NEVER;
    })
    .describe("Other base URLs for model providers, JSON by provider id"),
  NETWORK: z
    .enum(["preferred", "required"])
    .default("preferred")
    .describe("`required`: a machine whose network cannot be sealed runs no task; else it runs, and Porter says so"),
  DAILY_RUNS_PER_PERSON: cap.default(100).describe("Runs that one person may start in 24 hours"),
  DAILY_RUNS_PER_REPOSITORY: cap.default(300).describe("Runs that may be started in one repository in 24 hours"),
  KEEP_DAYS: z
    .string()
    .default("")
    .transform((text, context) => {
      const kept = readKeptDays(text);
      if (typeof kept !== "string") return kept;
      context.addIssue({ code: "custom", message: kept });
      return z.NEVER;
    })
    .describe(
      "How long rows are kept that end by age, in days, such as `deliveries=14,events=30`; the rest as documented",
    ),
  OPERATOR_TOKEN: z
    .string()
    .min(32)
    .optional()
    .describe("Bearer token of operators' scripts such as `npm run keys:rotate`; at least 32 characters, unset: none"),
  PORTER_OPERATORS: z
    .string()
    .default("")
    .transform((text) =>
      text
        .split(",")
        .map(Number)
        .filter((id) => Number.isInteger(id) && id > 0),
    )
    .describe("Numeric GitHub ids of the people who see operator details, comma separated"),
  PORTER_PEOPLE: z
    .string()
    .default("")
    .transform((text, context) => {
      const people = readPeople(text);
      if (people !== null) return people;
      context.addIssue({
        code: "custom",
        message: "must be `everybody`, or entries such as `user:583231=octocat,organization:9919=github`",
      });
      return z.NEVER;
    })
    .describe("Who may use this Porter besides its operators: `everybody`, or people and organisations by their ids"),
});
export type Env = z.output<typeof envSchema>;

export type EnvProblem = { name: string; message: string };

/** Parses the Worker's variables. Problems name the variable and never its value. */
export function readEnv(source: unknown): { ok: true; env: Env } | { ok: false; problems: EnvProblem[] } {
  const parsed = envSchema.safeParse(source);
  if (parsed.success) return { ok: true, env: parsed.data };
  return {
    ok: false,
    problems: parsed.error.issues.map((issue) => ({
      name: issue.path.join(".") || "environment",
      message: issue.message,
    })),
  };
}
