import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse as parseToml } from "smol-toml";
import { z } from "zod";
import { githubOrigins } from "./app.ts";
import type { Folder } from "./folder.ts";
import { peopleOf } from "./people.ts";
import { type SetupContext, requireKnown } from "./step.ts";

export const CONFIG_FILE = "wrangler.json";
const queue = z.looseObject({ queue: z.string() });
/** Of wrangler.toml what has a name or a path in it; the rest goes along. */
const templateSchema = z.looseObject({
  name: z.string(),
  main: z.string(),
  assets: z.looseObject({ directory: z.string() }),
  services: z.tuple([z.looseObject({ service: z.string() })]),
  d1_databases: z.tuple([z.looseObject({ migrations_dir: z.string() })]),
  r2_buckets: z.tuple([z.looseObject({ bucket_name: z.string() })]),
  queues: z.object({
    producers: z.array(queue),
    consumers: z.array(queue.extend({ dead_letter_queue: z.string().optional() })),
  }),
});
const variablesSchema = z.record(z.string(), z.string());

export const configPath = (folder: Folder): string => join(folder.path, CONFIG_FILE);

/** wrangler.toml for one installation: its own names, ids, address and variables. */
export function deployConfig(installation: SetupContext): Record<string, unknown> {
  const { root, name, folder, choices } = installation;
  const template = templateSchema.parse(parseToml(readFileSync(join(root, "wrangler.toml"), "utf8")));
  const own = (text: string): string => text.replace(template.name, name);
  const path = (text: string): string => relative(folder.path, join(root, text));
  const { producers, consumers } = template.queues;
  const [database] = template.d1_databases;
  const address = choices.url === undefined ? {} : { workers_dev: false, routes: [route(choices.url)] };
  return {
    ...template,
    ...address,
    name,
    account_id: requireKnown(installation, "cloudflare").accountId,
    main: path(template.main),
    assets: { ...template.assets, directory: path(template.assets.directory) },
    services: template.services.map((each) => ({ ...each, service: own(each.service) })),
    d1_databases: [
      {
        ...database,
        database_name: name,
        database_id: requireKnown(installation, "databaseId"),
        migrations_dir: path(database.migrations_dir),
      },
    ],
    r2_buckets: template.r2_buckets.map((each) => ({ ...each, bucket_name: own(each.bucket_name) })),
    queues: {
      producers: producers.map((each) => ({ ...each, queue: own(each.queue) })),
      consumers: consumers.map(({ dead_letter_queue: dead, ...each }) => ({
        ...each,
        queue: own(each.queue),
        ...(dead === undefined ? {} : { dead_letter_queue: own(dead) }),
      })),
    },
    // What somebody set in the dashboard stays.
    keep_vars: true,
    vars: variables(installation),
  };
}

const route = (url: string) => ({ pattern: new URL(url).hostname, custom_domain: true });

/** `vars.json` in the folder is the user's own: further variables of server/env.ts. */
function variables(installation: SetupContext): Record<string, string> {
  const app = requireKnown(installation, "app");
  const { url, apiUrl } = githubOrigins(installation.choices);
  return {
    PUBLIC_URL: requireKnown(installation, "publicUrl"),
    GITHUB_URL: url,
    GITHUB_API_URL: apiUrl,
    GITHUB_APP_ID: String(app.id),
    GITHUB_APP_SLUG: app.slug,
    GITHUB_CLIENT_ID: app.client_id,
    MENTION: mentionOf(installation),
    AGENT_IMAGE: requireKnown(installation, "image"),
    ...(Object.keys(installation.images ?? {}).length === 0
      ? {}
      : { AGENT_IMAGES: JSON.stringify(installation.images) }),
    PORTER_PEOPLE: peopleOf(installation),
    ...(app.owner.type === "User" ? { PORTER_OPERATORS: String(app.owner.id) } : {}),
    ...installation.folder.read("vars.json", variablesSchema),
  };
}

/** An installation with a name of its own, such as a staging one, answers to that: two Porters start nothing twice. */
export const mentionOf = ({ choices, name }: Pick<SetupContext, "choices" | "name">): string => choices.mention ?? name;

export const hasConfig = (folder: Folder): boolean => existsSync(configPath(folder));
