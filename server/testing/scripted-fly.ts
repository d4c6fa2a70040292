import { createFlyProvider } from "@/server/machines/fly-provider";
import { MachineError } from "@/server/machines/port";
import type { MachineFailure, MachineSpec } from "@/server/machines/port";
import { startScriptedServer } from "@/server/testing/scripted-server";
import type { Reply, SeenRequest } from "@/server/testing/scripted-server";

export const credentials = { token: "fm2_fake-canary-token", app: "porter-runs" };
export const spec: MachineSpec = {
  name: "porter-abcdefghij0123456789-1",
  taskId: "task_abcdefghij0123456789",
  attempt: 1,
  region: null,
  image: `registry.example/porter@sha256:${"0".repeat(64)}`,
  deadlineAt: "2026-11-22T10:00:00.000Z",
  origin: "https://porter.test",
  taskFile: JSON.stringify({ claimToken: "fake-claim-token-fake-claim-token", note: "żółć" }),
  guest: { cpuKind: "shared", cpus: 2, memoryMb: 2048 },
};
/** A machine of `spec` as Fly answers it. */
export const own = {
  id: "m1",
  name: spec.name,
  state: "created",
  region: "ord",
  created_at: "2026-11-22T09:00:00Z",
  config: { metadata: { porter_task: spec.taskId, porter_attempt: "1" } },
};
/** The same name, another task. */
export const foreign = {
  ...own,
  id: "m9",
  config: { metadata: { porter_task: "task_zzzzzzzzzzzzzzzzzzzz", porter_attempt: "1" } },
};

type Answers = Partial<Record<"create" | "get" | "list" | "findByTask" | "stop" | "destroy", Reply>>;
function route(answers: Answers) {
  return (request: SeenRequest): Reply => {
    const { pathname, searchParams } = new URL(request.url, "http://fly.invalid");
    const missing: Reply = { status: 404, body: { error: "not found" } };
    if (!pathname.startsWith("/v1/apps/porter-runs/machines")) return missing;
    if (pathname.endsWith("/stop")) return answers.stop ?? missing;
    if (request.method === "DELETE") return answers.destroy ?? missing;
    if (pathname !== "/v1/apps/porter-runs/machines") return answers.get ?? missing;
    if (request.method === "POST") return answers.create ?? missing;
    return (searchParams.has("metadata.porter_task") ? answers.findByTask : answers.list) ?? { status: 200, body: [] };
  };
}
/** A Fly provider before a server that gives these answers, 404 or an empty list otherwise. */
export async function startFly(answers: Answers) {
  const server = await startScriptedServer(route(answers));
  return { server, fly: createFlyProvider({ apiUrl: server.url, fetch, settleMs: 1 }) };
}
export async function failureOf(call: Promise<unknown>): Promise<MachineFailure> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof MachineError)) throw new Error(`not a MachineError: ${String(error)}`);
  return error.failure;
}
