import { z } from "zod";
import { runChild } from "./child.ts";
import { SIGN_IN, signIn } from "./cloudflare.ts";
import { SetupError } from "./setup-error.ts";
import { type SetupContext, requireKnown, type SetupStep } from "./step.ts";
import { tryJson } from "../../lib/json.ts";

const tokenSchema = z.object({ token: z.string() });

/** Who set-up is at Cloudflare: CLOUDFLARE_API_TOKEN, or wrangler's own sign-in. */
export const signInStep: SetupStep = {
  name: "sign-in",
  plan: async (installation) => {
    installation.cloudflare = await signIn(await cloudflareToken(installation), installation.env);
    return { there: `Cloudflare account ${installation.cloudflare.accountName}` };
  },
};

async function cloudflareToken({ root, env }: SetupContext): Promise<string> {
  const given = env["CLOUDFLARE_API_TOKEN"];
  if (given !== undefined) return given;
  const said = await runChild("wrangler", { args: ["auth", "token", "--json"], cwd: root }).catch(() => {
    throw new SetupError("not signed in to Cloudflare", SIGN_IN);
  });
  const read = tryJson(tokenSchema, said);
  if (read === undefined) throw new SetupError("wrangler is signed in without a token", SIGN_IN);
  return read.token;
}

/** Where Porter is reached: `--url`, or its name under the account's workers.dev. */
export const addressStep: SetupStep = {
  name: "address",
  plan: async (installation) => {
    const { choices, name } = installation;
    const found = choices.url ?? (await workersDev(installation, name));
    installation.publicUrl = found;
    return { there: found };
  },
};

async function workersDev(installation: SetupContext, name: string): Promise<string> {
  const { ask, accountId } = requireKnown(installation, "cloudflare");
  const found = await ask(z.object({ subdomain: z.string().min(1) }), { path: "/workers/subdomain" });
  if (found !== null) return `https://${name}.${found.subdomain}.workers.dev`;
  const fix = `choose one at https://dash.cloudflare.com/${accountId}/workers/onboarding, or give --url`;
  throw new SetupError("the Cloudflare account has no workers.dev name yet", fix);
}

const databaseSchema = z.object({ uuid: z.string(), name: z.string() });

export const databaseStep: SetupStep = {
  name: "database",
  plan: async (installation) => {
    const { ask } = requireKnown(installation, "cloudflare");
    const { name } = installation;
    const path = `/d1/database?name=${name}&per_page=100`;
    // Cloudflare finds every name that contains this one.
    const found = (await ask(z.array(databaseSchema), { path }))?.find((each) => each.name === name);
    if (found !== undefined) {
      installation.databaseId = found.uuid;
      return { there: `D1 ${name}` };
    }
    const make = async (): Promise<string> => {
      const made = await ask(databaseSchema, { method: "POST", path: "/d1/database", body: { name } });
      installation.databaseId = made?.uuid;
      return `D1 ${name}`;
    };
    return { will: `make D1 ${name}`, make };
  },
};

export const bucketStep: SetupStep = {
  name: "logs",
  plan: async (installation) => {
    const { ask } = requireKnown(installation, "cloudflare");
    const name = `${installation.name}-logs`;
    const found = await ask(z.unknown(), { path: `/r2/buckets/${name}` });
    if (found !== null) return { there: `R2 bucket ${name}` };
    const make = async (): Promise<string> => {
      await ask(z.unknown(), { method: "POST", path: "/r2/buckets", body: { name } });
      return `R2 bucket ${name}`;
    };
    return { will: `make R2 bucket ${name}`, make };
  },
};

const QUEUES = ["reconcile", "inbox", "dead"];
const queuesSchema = z.array(z.object({ queue_name: z.string() }));

export const queuesStep: SetupStep = {
  name: "queues",
  plan: async (installation) => {
    const { ask } = requireKnown(installation, "cloudflare");
    const names = QUEUES.map((ending) => `${installation.name}-${ending}`);
    const lists = await Promise.all(names.map((name) => ask(queuesSchema, { path: `/queues?name=${name}` })));
    const there = new Set(lists.flatMap((list) => list ?? []).map(({ queue_name }) => queue_name));
    const missing = names.filter((name) => !there.has(name));
    if (missing.length === 0) return { there: names.join(", ") };
    const make = async (): Promise<string> => {
      for (const queue_name of missing)
        await ask(z.unknown(), { method: "POST", path: "/queues", body: { queue_name } });
      return missing.join(", ");
    };
    return { will: `make ${missing.join(", ")}`, make };
  },
};
