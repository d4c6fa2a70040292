import { z } from "zod";
import type { HttpExchange } from "../github/exchange.ts";
import { parameterOf, defineRoute, type HttpRoute } from "../github/routes.ts";
import { bodyOf, resultAnswer, listAnswer, errorAnswer } from "./answers.ts";
import { type Account, type LocalDatabase, newDatabase, newQueue, runSql } from "./state.ts";

const named = z.object({ name: z.string().min(1) });
const queueNamed = z.object({ queue_name: z.string().min(1) });
const query = z.object({ sql: z.string(), params: z.array(z.string()).default([]) });
const consumer = z.looseObject({ script_name: z.string() });

/** D1, R2 and queues: what set-up makes, and what wrangler asks of it. */
export function storageRoutes(account: Account): HttpRoute[] {
  const base = `/accounts/${account.id}`;
  return [...databaseRoutes(account, base), ...bucketRoutes(account, base), ...queueRoutes(account, base)];
}

const wanted = ({ query: asked }: HttpExchange, name: string): boolean => name.includes(asked.get("name") ?? "");

const showDatabase = ({ uuid, name, sqlite }: LocalDatabase) => ({
  uuid,
  name,
  num_tables: sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().length,
});

function databaseRoutes({ databases }: Account, base: string): HttpRoute[] {
  const known = (parameters: Record<string, string>) =>
    databases.find(({ uuid }) => uuid === parameterOf(parameters, "id"));
  const missing = () => errorAnswer(404, 7404, "The database could not be found");
  return [
    defineRoute("GET", `${base}/d1/database`, (exchange) =>
      listAnswer(databases.filter(({ name }) => wanted(exchange, name)).map(showDatabase)),
    ),
    defineRoute("POST", `${base}/d1/database`, (exchange) => {
      const { name } = bodyOf(exchange, named);
      if (databases.some((each) => each.name === name))
        return errorAnswer(400, 7502, `Database with name '${name}' already exists`);
      const made = newDatabase(name);
      databases.push(made);
      return resultAnswer(showDatabase(made));
    }),
    defineRoute("GET", `${base}/d1/database/:id`, (_exchange, parameters) => {
      const database = known(parameters);
      return database === undefined ? missing() : resultAnswer(showDatabase(database));
    }),
    defineRoute("POST", `${base}/d1/database/:id/query`, (exchange, parameters) => {
      const database = known(parameters);
      if (database === undefined) return missing();
      const { sql, params } = bodyOf(exchange, query);
      try {
        return resultAnswer(runSql(database, sql, params));
      } catch (error) {
        return errorAnswer(400, 7500, String(error));
      }
    }),
  ];
}

function bucketRoutes({ buckets }: Account, base: string): HttpRoute[] {
  return [
    defineRoute("GET", `${base}/r2/buckets/:name`, (_exchange, parameters) => {
      const name = parameterOf(parameters, "name");
      return buckets.includes(name)
        ? resultAnswer({ name })
        : errorAnswer(404, 10006, "The specified bucket does not exist.");
    }),
    defineRoute("POST", `${base}/r2/buckets`, (exchange) => {
      const { name } = bodyOf(exchange, named);
      if (buckets.includes(name))
        return errorAnswer(409, 10004, "The bucket you tried to create already exists, and you own it.");
      buckets.push(name);
      return resultAnswer({ name });
    }),
  ];
}

function queueRoutes({ queues }: Account, base: string): HttpRoute[] {
  return [
    defineRoute("GET", `${base}/queues`, (exchange) =>
      listAnswer(queues.filter(({ queue_name }) => wanted(exchange, queue_name))),
    ),
    defineRoute("POST", `${base}/queues`, (exchange) => {
      const { queue_name } = bodyOf(exchange, queueNamed);
      if (queues.some((each) => each.queue_name === queue_name))
        return errorAnswer(409, 11009, `Queue name '${queue_name}' is already taken.`);
      const made = newQueue(queue_name);
      queues.push(made);
      return resultAnswer(made);
    }),
    defineRoute("POST", `${base}/queues/:id/consumers`, (exchange, parameters) => {
      const queue = queues.find(({ queue_id }) => queue_id === parameterOf(parameters, "id"));
      const added = bodyOf(exchange, consumer);
      if (queue === undefined) return errorAnswer(404, 11000, "Queue not found");
      if (queue.consumers.some((each) => each["script_name"] === added.script_name))
        return errorAnswer(409, 11004, "Queue already has this consumer");
      queue.consumers.push({ ...added, consumer_id: `${queue.queue_id}-consumer`, script: added.script_name });
      return resultAnswer(queue.consumers.at(-1));
    }),
    defineRoute("PUT", `${base}/queues/:id/consumers/:consumer`, () => resultAnswer({})),
  ];
}
