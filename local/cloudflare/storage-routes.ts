import { z } from "zod";
import type { Exchange } from "../github/exchange.ts";
import { parameter, route, type Route } from "../github/routes.ts";
import { bodyOf, done, list, refused } from "./answers.ts";
import { type Account, type Database, newDatabase, newQueue, runSql } from "./state.ts";

const named = z.object({ name: z.string().min(1) });
const queueNamed = z.object({ queue_name: z.string().min(1) });
const query = z.object({ sql: z.string(), params: z.array(z.string()).default([]) });
const consumer = z.looseObject({ script_name: z.string() });

/** D1, R2 and queues: what set-up makes, and what wrangler asks of it. */
export function storageRoutes(account: Account): Route[] {
  const base = `/accounts/${account.id}`;
  return [...databaseRoutes(account, base), ...bucketRoutes(account, base), ...queueRoutes(account, base)];
}

const wanted = ({ query: asked }: Exchange, name: string): boolean => name.includes(asked.get("name") ?? "");

const showDatabase = ({ uuid, name, sqlite }: Database) => ({
  uuid,
  name,
  num_tables: sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().length,
});

function databaseRoutes({ databases }: Account, base: string): Route[] {
  const known = (parameters: Record<string, string>) =>
    databases.find(({ uuid }) => uuid === parameter(parameters, "id"));
  const missing = () => refused(404, 7404, "The database could not be found");
  return [
    route("GET", `${base}/d1/database`, (exchange) =>
      list(databases.filter(({ name }) => wanted(exchange, name)).map(showDatabase)),
    ),
    route("POST", `${base}/d1/database`, (exchange) => {
      const { name } = bodyOf(exchange, named);
      if (databases.some((each) => each.name === name))
        return refused(400, 7502, `Database with name '${name}' already exists`);
      const made = newDatabase(name);
      databases.push(made);
      return done(showDatabase(made));
    }),
    route("GET", `${base}/d1/database/:id`, (_exchange, parameters) => {
      const database = known(parameters);
      return database === undefined ? missing() : done(showDatabase(database));
    }),
    route("POST", `${base}/d1/database/:id/query`, (exchange, parameters) => {
      const database = known(parameters);
      if (database === undefined) return missing();
      const { sql, params } = bodyOf(exchange, query);
      try {
        return done(runSql(database, sql, params));
      } catch (error) {
        return refused(400, 7500, String(error));
      }
    }),
  ];
}

function bucketRoutes({ buckets }: Account, base: string): Route[] {
  return [
    route("GET", `${base}/r2/buckets/:name`, (_exchange, parameters) => {
      const name = parameter(parameters, "name");
      return buckets.includes(name) ? done({ name }) : refused(404, 10006, "The specified bucket does not exist.");
    }),
    route("POST", `${base}/r2/buckets`, (exchange) => {
      const { name } = bodyOf(exchange, named);
      if (buckets.includes(name))
        return refused(409, 10004, "The bucket you tried to create already exists, and you own it.");
      buckets.push(name);
      return done({ name });
    }),
  ];
}

function queueRoutes({ queues }: Account, base: string): Route[] {
  return [
    route("GET", `${base}/queues`, (exchange) => list(queues.filter(({ queue_name }) => wanted(exchange, queue_name)))),
    route("POST", `${base}/queues`, (exchange) => {
      const { queue_name } = bodyOf(exchange, queueNamed);
      if (queues.some((each) => each.queue_name === queue_name))
        return refused(409, 11009, `Queue name '${queue_name}' is already taken.`);
      const made = newQueue(queue_name);
      queues.push(made);
      return done(made);
    }),
    route("POST", `${base}/queues/:id/consumers`, (exchange, parameters) => {
      const queue = queues.find(({ queue_id }) => queue_id === parameter(parameters, "id"));
      const added = bodyOf(exchange, consumer);
      if (queue === undefined) return refused(404, 11000, "Queue not found");
      if (queue.consumers.some((each) => each["script_name"] === added.script_name))
        return refused(409, 11004, "Queue already has this consumer");
      queue.consumers.push({ ...added, consumer_id: `${queue.queue_id}-consumer`, script: added.script_name });
      return done(queue.consumers.at(-1));
    }),
    route("PUT", `${base}/queues/:id/consumers/:consumer`, () => done({})),
  ];
}
