import { checkApp, createApp, reachesApp, type LocalFlyApp } from "./access.ts";
import { okAnswer, refusalAnswer, type LocalFlyAnswer, type LocalFlyRequest, type FlyState } from "./answers.ts";
import { parseCreateRequest } from "./create-request.ts";
import type { Fleet } from "./fleet.ts";
import { machineHandlers, type MachineHandler } from "./machine-handlers.ts";
import { machineToJson } from "./machine-record.ts";

/** What a request does, for the rate limit: an action on a machine, or on an app where no machine is named. */
export type FlyRoute = {
  action: string;
  subject: string;
  run: (request: LocalFlyRequest, state: FlyState) => LocalFlyAnswer | Promise<LocalFlyAnswer>;
};

/** Finds the route; null is a 404. */
export function routeOf(method: string, path: string): FlyRoute | null {
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

function appsRoute(method: string): FlyRoute | null {
  if (method === "GET") return { action: "apps", subject: "apps", run: listApps };
  if (method !== "POST") return null;
  return {
    action: "create-app",
    subject: "apps",
    run(request, state) {
      const made = createApp(state.apps, request.token, request.body);
      return "error" in made ? refusalAnswer(made) : okAnswer({ id: made.name, created_at: Date.now() }, 201);
    },
  };
}

function listApps({ query, token }: LocalFlyRequest, { apps, fleet }: FlyState): LocalFlyAnswer {
  const org = query.get("org_slug");
  if (org === null) return refusalAnswer({ status: 400, error: "org_slug is required" });
  if (org !== token.org) return refusalAnswer({ status: 403, error: "unauthorized" });
  const mine = apps.filter((app) => app.org === org && reachesApp(token, app.name));
  return okAnswer({
    total_apps: mine.length,
    apps: mine.map((app) => ({
      id: app.name,
      name: app.name,
      machine_count: count(fleet, app.name),
      network: app.network ?? "default",
    })),
  });
}

type AppHandler = (request: LocalFlyRequest, state: FlyState & { app: LocalFlyApp }) => LocalFlyAnswer;

function onApp(name: string, handler: AppHandler): FlyRoute["run"] {
  return (request, state) => {
    const refusal = checkApp(state.apps, request.token, name);
    const app = state.apps.find((candidate) => candidate.name === name);
    if (refusal || !app) return refusalAnswer(refusal ?? { status: 404, error: "App not found" });
    return handler(request, { ...state, app });
  };
}

const count = (fleet: Fleet, app: string): number =>
  fleet.list(app, { metadata: {}, region: null, includeDeleted: false }).length;

const showApp: AppHandler = (_request, { app, fleet }) =>
  okAnswer({
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
  return okAnswer(fleet.list(app.name, { metadata, region: query.get("region"), includeDeleted }).map(machineToJson));
};

const createMachine: AppHandler = ({ body, fault }, { app, fleet }) => {
  const parsed = parseCreateRequest(body);
  if (!parsed.ok) return refusalAnswer(parsed);
  const outcome = fleet.create(app.name, parsed.value, {
    stuck: fault?.stuckInCreated ?? false,
    imagePullMs: fault?.imagePullMs ?? 0,
  });
  if (outcome.kind === "name_taken") {
    const { id, name } = outcome.holder;
    return refusalAnswer({
      status: 409,
      error: `already_exists: unique machine name violation, machine ID ${id} already exists with name "${name}"`,
    });
  }
  const { machine } = outcome.life;
  return okAnswer({ ...machineToJson(machine), ...(machine.lease ? { nonce: machine.lease.nonce } : {}) });
};

function onMachine(app: string, id: string, handler: MachineHandler): FlyRoute["run"] {
  return (request, state) => {
    const refusal = checkApp(state.apps, request.token, app);
    if (refusal) return refusalAnswer(refusal);
    const life = state.fleet.find(app, id);
    return life ? handler(life, request, state) : refusalAnswer({ status: 404, error: "machine not found" });
  };
}
