import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type HttpAnswer, type HttpExchange, jsonAnswer } from "../github/exchange.ts";
import { parameterOf, defineRoute, type HttpRoute } from "../github/routes.ts";
import { bodyOf, resultAnswer, listAnswer, errorAnswer } from "./answers.ts";
import type { Account, Worker } from "./state.ts";
import { readJson } from "../../lib/json.ts";

const binding = z.looseObject({ name: z.string(), type: z.string(), text: z.string().optional() });
/** The `metadata` part of an upload. */
const metadataSchema = z.looseObject({
  bindings: z.array(binding),
  keep_bindings: z.array(z.string()).default([]),
  migrations: z.looseObject({ old_tag: z.string().optional(), new_tag: z.string() }).optional(),
});
const manifestSchema = z.object({ manifest: z.record(z.string(), z.object({ hash: z.string() })) });
const cronsSchema = z.array(z.object({ cron: z.string() }));
const deploymentSchema = z.looseObject({ versions: z.array(z.object({ version_id: z.string() })) });
const ON_SUBDOMAIN = { enabled: true, previews_enabled: false };
const scriptAnswer = { etag: "", startup_time_ms: 1, handlers: ["fetch"], tag: "" };
const ABSENT = "This Worker does not exist on your account.";

/** Uploads of Workers with their assets, and what wrangler asks about a Worker before and after. */
export function workerRoutes(account: Account): HttpRoute[] {
  const base = `/accounts/${account.id}/workers`;
  const script = `${base}/scripts/:name`;
  const withWorker =
    (answer: (worker: Worker, exchange: HttpExchange) => HttpAnswer) =>
    (exchange: HttpExchange, parameters: Record<string, string>): HttpAnswer => {
      const worker = account.workers.get(parameterOf(parameters, "name"));
      return worker === undefined ? errorAnswer(404, 10007, ABSENT) : answer(worker, exchange);
    };
  const waiting = new Map<string, Worker>();
  return [
    defineRoute("GET", `${base}/subdomain`, () =>
      account.subdomain === null
        ? errorAnswer(404, 10007, "You do not have a workers.dev subdomain.")
        : resultAnswer({ subdomain: account.subdomain }),
    ),
    defineRoute("GET", `${base}/services/:name`, withWorker(showService)),
    defineRoute("GET", `${script}/secrets`, withWorker(showSecrets)),
    defineRoute(
      "GET",
      `${script}/settings`,
      withWorker((worker) => resultAnswer({ bindings: bindingList(worker) })),
    ),
    defineRoute("GET", `${script}/deployments`, withWorker(showDeployments)),
    defineRoute("PUT", script, async (exchange, parameters) => {
      const worker = await uploaded(account, parameterOf(parameters, "name"), exchange);
      if ("status" in worker) return worker;
      account.workers.set(worker.name, worker);
      return resultAnswer({ ...scriptAnswer, id: worker.name, deployment_id: worker.versionId.replaceAll("-", "") });
    }),
    defineRoute("POST", `${script}/versions`, async (exchange, parameters) => {
      const worker = await uploaded(account, parameterOf(parameters, "name"), exchange);
      if ("status" in worker) return worker;
      waiting.set(worker.versionId, worker);
      const resources = { script: scriptAnswer, script_runtime: {}, bindings: [] };
      return resultAnswer({ ...scriptAnswer, id: worker.versionId, number: worker.uploads, metadata: {}, resources });
    }),
    defineRoute("POST", `${script}/deployments`, (exchange) => {
      const [version] = bodyOf(exchange, deploymentSchema).versions;
      const worker = waiting.get(version?.version_id ?? "");
      if (worker === undefined) return errorAnswer(404, 10007, "This version does not exist.");
      account.workers.set(worker.name, worker);
      return resultAnswer({ id: worker.versionId });
    }),
    defineRoute("POST", `${script}/domains/changeset`, () =>
      resultAnswer({ added: [], removed: [], updated: [], conflicting: [] }),
    ),
    defineRoute("PUT", `${script}/domains/records`, () => resultAnswer([])),
    defineRoute("PATCH", `${script}/script-settings`, () => resultAnswer({})),
    defineRoute(
      "GET",
      `${base}/workers/:name`,
      withWorker(({ name }) => resultAnswer({ id: name, name, subdomain: ON_SUBDOMAIN })),
    ),
    defineRoute("POST", `${script}/assets-upload-session`, (exchange) => {
      const hashes = Object.values(bodyOf(exchange, manifestSchema).manifest).map(({ hash }) => hash);
      return resultAnswer({ jwt: "fake-jwt-of-an-asset-session", buckets: [hashes] });
    }),
    defineRoute("POST", `${base}/assets/upload`, () => ({
      ...resultAnswer({ jwt: "fake-jwt-of-all-assets" }),
      status: 201,
    })),
    defineRoute("POST", `${script}/subdomain`, () => resultAnswer(ON_SUBDOMAIN)),
    defineRoute(
      "PUT",
      `${script}/schedules`,
      withWorker((worker, exchange) => {
        worker.crons = bodyOf(exchange, cronsSchema).map(({ cron }) => cron);
        return resultAnswer({ schedules: worker.crons.map((cron) => ({ cron })) });
      }),
    ),
  ];
}

const bindingList = ({ bindings }: Worker) => [...bindings].map(([name, { type, text }]) => ({ name, type, text }));

const showService = ({ name, migrationTag }: Worker): HttpAnswer => {
  const shown = { tag: name, migration_tag: migrationTag, last_deployed_from: "wrangler" };
  return resultAnswer({ id: name, default_environment: { environment: "production", script: shown } });
};

const showSecrets = (worker: Worker): HttpAnswer =>
  listAnswer(bindingList(worker).flatMap(({ name, type }) => (type === "secret_text" ? [{ name, type }] : [])));

const showDeployments = ({ versionId }: Worker): HttpAnswer => {
  const versions = [{ version_id: versionId, percentage: 100 }];
  const deployment = { id: versionId, source: "wrangler", strategy: "percentage", author_email: "", versions };
  return resultAnswer({ deployments: [{ ...deployment, created_on: "2026-01-01T00:00:00Z", annotations: {} }] });
};

/** The Worker after an upload, or its refusal: bindings are those of the metadata and the kept ones. */
async function uploaded(account: Account, name: string, exchange: HttpExchange): Promise<Worker | HttpAnswer> {
  const type = exchange.headers["content-type"] ?? "";
  const form = await new Response(new Uint8Array(exchange.body), { headers: { "content-type": type } }).formData();
  const part = form.get("metadata");
  const metadata = readJson(metadataSchema, typeof part === "string" ? part : "");
  const missing = metadata.bindings.find((each) => !isThere(account, { ...each, worker: name }));
  if (missing !== undefined)
    return errorAnswer(400, 10181, `Binding ${missing.name} names something that is not there.`);
  const before = account.workers.get(name);
  const tag = before?.migrationTag ?? null;
  if (metadata.migrations !== undefined && (metadata.migrations.old_tag ?? null) !== tag)
    return errorAnswer(412, 10079, "The migration tag of this upload is not the one of the Worker.");
  const kept = [...(before?.bindings ?? [])].filter(([, { type: kind }]) => metadata.keep_bindings.includes(kind));
  const bound = metadata.bindings.map((each) => [each.name, { type: each.type, text: each.text ?? null }] as const);
  return {
    name,
    bindings: new Map([...kept, ...bound]),
    migrationTag: metadata.migrations?.new_tag ?? tag,
    versionId: randomUUID(),
    uploads: (before?.uploads ?? 0) + 1,
    crons: before?.crons ?? [],
  };
}

function isThere(account: Account, bound: z.infer<typeof binding> & { worker: string }): boolean {
  switch (bound.type) {
    case "d1":
      return account.databases.some(({ uuid }) => uuid === (bound["id"] ?? bound["database_id"]));
    case "r2_bucket":
      return account.buckets.includes(String(bound["bucket_name"]));
    case "queue":
      return account.queues.some(({ queue_name }) => queue_name === bound["queue_name"]);
    case "service":
      return bound["service"] === bound.worker || account.workers.has(String(bound["service"]));
    default:
      return true;
  }
}

/** `GET /api/startup/check` of the Worker that was uploaded, from what is really bound and applied. */
export function startupCheck(account: Account, migrations: string[], authorization: string | undefined): HttpAnswer {
  const [worker] = account.workers.values();
  if (worker === undefined) return errorAnswer(404, 1042, "There is nothing here yet.");
  const secrets = ["ENCRYPTION_KEYS", "AUTH_SECRET", "GITHUB_APP_PRIVATE_KEY", "GITHUB_CLIENT_SECRET"];
  const variables = ["PUBLIC_URL", "GITHUB_APP_ID", "GITHUB_APP_SLUG", "GITHUB_CLIENT_ID", "AGENT_IMAGE"];
  const unset = [...secrets, ...variables].filter((name) => (worker.bindings.get(name)?.text ?? "") === "");
  const token = worker.bindings.get("OPERATOR_TOKEN")?.text;
  const isOperator = token != null && authorization === `Bearer ${token}`;
  const applied = account.databases.flatMap(({ sqlite }) =>
    sqlite
      .prepare("SELECT name FROM d1_migrations")
      .all()
      .map((row) => String(row["name"])),
  );
  const lacking = migrations.filter((name) => !applied.includes(name));
  const checks = [
    { name: "environment", required: true, ok: unset.length === 0, said: unset.join(", ") || "All variables are set." },
    { name: "schema", required: true, ok: lacking.length === 0, said: lacking.join(", ") || "All are applied." },
  ].map(({ said, ...check }) => (isOperator ? { ...check, message: said, fix: null } : check));
  return jsonAnswer(200, { ok: checks.every(({ ok }) => ok), checks });
}
