import type { Counter } from "./counter";

type Statement = { inner: D1PreparedStatement; isRead: boolean };
const inners = new WeakMap<object, Statement>();

/** A D1 that counts: a statement or a batch is one call. */
export function countedD1(d1: D1Database, counter: Counter): D1Database {
  const statement = (inner: D1PreparedStatement, isRead: boolean): object => {
    const all = async () => {
      const found = await inner.all<Record<string, unknown>>();
      counter.rows(found.meta);
      return found;
    };
    const counted = {
      bind: (...values: unknown[]) => statement(inner.bind(...values), isRead),
      all: () => counter.call("d1", all),
      run: () => counter.call("d1", all),
      async first(column?: string) {
        const [row] = (await counter.call("d1", all)).results;
        return row === undefined ? null : column === undefined ? row : row[column];
      },
      // D1 does not say what a raw answer cost: a read is asked again for it, a write answers no name twice.
      raw: () =>
        counter.call("d1", async () => {
          const rows = isRead ? await inner.raw() : null;
          const { results } = await all();
          return rows ?? results.map((row) => Object.values(row));
        }),
    };
    inners.set(counted, { inner, isRead });
    return counted;
  };
  const database = {
    prepare: (sql: string) => statement(d1.prepare(sql), /^\s*select/i.test(sql)),
    batch: (statements: object[]) =>
      counter.call("d1", async () => {
        const answers = await d1.batch(statements.flatMap((one) => inners.get(one)?.inner ?? []));
        for (const { meta } of answers) counter.rows(meta);
        return answers;
      }),
  };
  return database as object as D1Database;
}

/** An R2 bucket of which each call counts. */
export const countedR2 = (bucket: R2Bucket, counter: Counter): R2Bucket =>
  new Proxy(bucket, {
    get(target, property) {
      const found: unknown = Reflect.get(target, property);
      if (typeof found !== "function") return found;
      return (...given: unknown[]) => counter.call("r2", async () => Reflect.apply(found, target, given));
    },
  });

type Sent = { body: unknown; dueAt: number };

/** A queue that counts and keeps what it is sent until `take` is asked for what has come due. */
export function countedQueue(counter: Counter) {
  let sent: Sent[] = [];
  const put = (body: unknown, delaySeconds = 0) => void sent.push({ body, dueAt: Date.now() + delaySeconds * 1000 });
  const queue = {
    send: (body: unknown, options?: QueueSendOptions) =>
      counter.call("queue", async () => put(body, options?.delaySeconds)),
    sendBatch: (messages: MessageSendRequest[]) =>
      counter.call("queue", async () => {
        for (const { body, delaySeconds } of messages) put(body, delaySeconds);
      }),
  };
  return {
    queue: queue as object as Queue,
    take(): unknown[] {
      const due = sent.filter(({ dueAt }) => dueAt <= Date.now());
      sent = sent.filter((one) => !due.includes(one));
      return due.map(({ body }) => body);
    },
  };
}
