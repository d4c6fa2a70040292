import { checkApp, createApp, reaches, type LocalFlyApp } from "./access.ts";
import { ok, refuse, type Answer, type FlyRequest, type FlyState } from "./answers.ts";
import { parseCreateRequest } from "./create-request.ts";
import type { Fleet } from "./fleet.ts";
import { machineHandlers, type MachineHandler } from "./machine-handlers.ts";
import { machineToJson } from "./machine-record.ts";

/** What a request does, for the rate limit: an action on a machine, or on an app where no machine is named. */
export type Route = {
  action: string;
  subject: string;
  run: (request: FlyRequest, state: FlyState) => Answer | Promise<Answer>;
};

/** Finds the route; null is a 404. */
export function routeOf(method: string, path: string): Route | null {
  const parts = path.split("/").filter(Boolean);
  if (parts[0] !== "v1" || parts[1] !== "apps") return null;
  const [app, kind, id, verb] = parts.slice(2);
  if (app === undefined) return appsRoute(method);
  if (kind === undefined) return method === "GET" ? { action: "app", subject: app, run: onApp(app, showApp) } : null;
  if (kind !== "machines") return null;
  if (id === undefined) {
    if (method === "GET") return { action: "list", subject: app, run: onApp(app, listMachines) };
    return method === "POST" ? { action: "create", subject: app, run: onApp(app, createMachine) } : null;
  }
  const handler = machineHandlers[`${method} ${verb ?? ""}`];
  return handler
    ? { action: verb ?? (method === "GET" ? "get" : "destroy"), subject: id, run: onMachine(app, id, handler) }
    : null;
}

function appsRoute(method: string): Route | null {
  if (method === "GET") return { action: "apps", subject: "apps", run: listApps };
  if (method !== "POST") return null;
  return {
    action: "create-app",
    subject: "apps",
    run(request, state) {
      const made = createApp(state.apps, request.token, request.body);
      return "error" in made ? refuse(made) : ok({ id: made.name, created_at: Date.now() }, 201);
    },
  };
}

function listApps({ query, token }: FlyRequest, { apps, fleet }: FlyState): Answer {
  const org = query.get("org_slug");
  if (org === null) return refuse({ status: 400, error: "org_slug is required" });
  if (org !== token.org) return refuse({ status: 403, error: "unauthorized" });
  const mine = apps.filter((app) => app.org === org && reaches(token, app.name));
  return ok({
    total_apps: mine.length,
    apps: mine.map((app) => ({
      id: app.name,
      name: app.name,
      machine_count: count(fleet, app.name),
      network: app.network ?? "default",
    })),
  });
}

type AppHandler = (request: FlyRequest, state: FlyState & { app: LocalFlyApp }) => Answer;

function onApp(name: string, handler: AppHandler): Route["run"] {
  return (request, state) => {
    const refusal = checkApp(state.apps, request.token, name);
    const app = state.apps.find((candidate) => candidate.name === name);
    if (refusal || !app) return refuse(refusal ?? { status: 404, error: "App not found" });
    return handler(request, { ...state, app });
  };
}

const count = (fleet: Fleet, app: string): number =>
  fleet.list(app, { metadata: {}, region: null, includeDeleted: false }).length;

const showApp: AppHandler = (_request, { app, fleet }) =>
  ok({
    id: app.name,
    name: app.name,
    status: "deployed",
    organization: { name: app.org, slug: app.org },
    network: app.network ?? "default",
    machine_count: count(fleet, app.name),
  });

const listMachines: AppHandler = ({ query }, { app, fleet }) => {
  const metadata = Object.fromEntries(
    [...query]
      .filter(([key]) => key.startsWith("metadata."))
      .map(([key, value]) => [key.slice("metadata.".length), value]),
  );
  const includeDeleted = query.get("include_deleted") === "true";
  return ok(fleet.list(app.name, { metadata, region: query.get("region"), includeDeleted }).map(machineToJson));
};

const createMachine: AppHandler = ({ body, fault }, { app, fleet }) => {
  const parsed = parseCreateRequest(body);
  if (!parsed.ok) return refuse(parsed);
  const outcome = fleet.create(app.name, parsed.value, { stuck: fault?.stuckInCreated ?? false });
  if (outcome.kind === "name_taken") {
    const { id, name } = outcome.holder;
    return refuse({
      status: 409,
      error: `already_exists: unique machine name violation, machine ID ${id} already exists with name "${name}"`,
    });
  }
  const { machine } = outcome.life;
  return ok({ ...machineToJson(machine), ...(machine.lease ? { nonce: machine.lease.nonce } : {}) });
};

function onMachine(app: string, id: string, handler: MachineHandler): Route["run"] {
  return (request, state) => {
    const refusal = checkApp(state.apps, request.token, app);
    if (refusal) return refuse(refusal);
    const life = state.fleet.find(app, id);
    return life ? handler(life, request, state) : refuse({ status: 404, error: "machine not found" });
  };
}
