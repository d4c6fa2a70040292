import { z } from "zod";
import { AGENTS, type AgentId } from "../../lib/agents.ts";
import { PROVIDER_IDS, PROVIDERS, type ProviderId } from "../../lib/providers.ts";
import { taskViewSchema, type TaskView } from "../../lib/task-view.ts";
import type { CookieJar } from "../world/cookie-jar.ts";
import { parseJson } from "../../lib/json.ts";

/** Porter's REST API as one signed-in person uses it. Every call throws a sentence when the answer is not a success. */
export type PorterApi = {
  /** Anthropic's, where nothing else is said. */
  saveProviderKey(key: string, provider?: ProviderId): Promise<void>;
  saveProviderKeys(keys: Partial<Record<ProviderId, string>>): Promise<void>;
  /** In their settings, where one that cannot be metered is off. */
  switchOn(agent: AgentId): Promise<void>;
  saveFly(token: string, app: string): Promise<void>;
  /** Of tasks that are asked for from now on: 1 to 90. */
  saveTaskTimeout(minutes: number): Promise<void>;
  newestTask(): Promise<TaskView | null>;
  newestTasks(count: number): Promise<TaskView[]>;
  task(id: string): Promise<TaskView>;
  /** What runs or waits. */
  openTasks(): Promise<TaskView[]>;
  stopTask(id: string): Promise<void>;
};

const listSchema = z.object({ tasks: z.array(taskViewSchema) });

/** `url` is Porter's, without a slash at its end. */
export function porterApi(url: string, jar: CookieJar): PorterApi {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init =
      body === undefined
        ? { method }
        : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const answer = await jar.fetch(url + path, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text.slice(0, 300)}`);
    return parseJson(text);
  };
  const newestTasks = async (count: number) => listSchema.parse(await call("GET", `/api/tasks?limit=${count}`)).tasks;
  return {
    newestTasks,
    async saveProviderKey(key, provider = "anthropic") {
      const [name] = PROVIDERS[provider].envNames;
      await call("PUT", "/api/config/provider-credentials", { [provider]: { [name]: key } });
    },
    async saveProviderKeys(keys) {
      const named = PROVIDER_IDS.flatMap((id) =>
        keys[id] === undefined ? [] : [[id, { [PROVIDERS[id].envNames[0]]: keys[id] }]],
      );
      await call("PUT", "/api/config/provider-credentials", Object.fromEntries(named));
    },
    async switchOn(agent) {
      await call("PUT", "/api/config", { agents: { [AGENTS[agent].settingsKey]: { enabled: true } } });
    },
    async saveFly(flyToken, flyAppName) {
      await call("PUT", "/api/config/fly", { flyToken, flyAppName });
    },
    async saveTaskTimeout(taskTimeout) {
      await call("PUT", "/api/config", { settings: { taskTimeout } });
    },
    async newestTask() {
      return (await newestTasks(1))[0] ?? null;
    },
    async task(id) {
      return taskViewSchema.parse(await call("GET", `/api/tasks/${id}/status`));
    },
    async openTasks() {
      return listSchema.parse(await call("GET", "/api/tasks?status=running,queued&limit=100")).tasks;
    },
    async stopTask(id) {
      await call("POST", `/api/tasks/${id}/stop`, {});
    },
  };
}
