import fc from "fast-check";
import { expect, test, vi } from "vitest";
import type { LogRecord } from "@/lib/agent-protocol";
import type { LogPage } from "@/lib/live";
import { ClientLogStore } from "./log-store";

vi.stubGlobal("requestAnimationFrame", (draw: () => void) => setTimeout(draw));

const all = (count: number): LogRecord[] =>
  Array.from({ length: count }, (_, index) => ({ n: index + 1, t: index, k: "o", s: `line ${index + 1}` }));
const pageOf = (records: LogRecord[], after: number, size: number): LogPage => {
  const found = records.slice(after, after + size);
  const isMore = after + size < records.length;
  return {
    attempt: 1,
    records: found,
    nextAfter: isMore ? (found.at(-1)?.n ?? after) : null,
    total: records.length,
    sealedAt: null,
    blocks: [],
    expiresAt: null,
  };
};

test("whatever the stream repeats or leaves out, every record is there once and in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.tuple(fc.nat(60), fc.nat(25)), { maxLength: 12 }),
      async (count, size, batches) => {
        const records = all(count);
        const source = { page: async (after: number) => pageOf(records, after, size), block: async () => [] };
        const store = new ClientLogStore(pageOf(records, 0, size), source);
        for (const [after, length] of batches) {
          const from = Math.min(after, count);
          store.append({ attempt: 1, after: from, records: records.slice(from, from + length) });
          await Promise.resolve();
          const known = store.state().records.map(({ n }) => n);
          expect(known).toEqual(known.map((_, index) => index + 1));
        }
        store.load();
        await vi.waitFor(() => expect(store.state().loading).toBe("done"));
        expect(store.state().records).toEqual(records);
      },
    ),
    { numRuns: 60 },
  );
});

test("a closed log is read by its large parts, from the one that is missing", async () => {
  const records = all(30);
  const asked: number[] = [];
  const blocks = [0, 1, 2].map((index) => ({ first: index * 10 + 1, last: index * 10 + 10, bytes: 1 }));
  const first = { ...pageOf(records, 0, 12), sealedAt: "2026-11-22T12:00:00.000Z", blocks };
  const store = new ClientLogStore(first, {
    page: async (after) => ({ ...pageOf(records, after, 5), sealedAt: first.sealedAt, blocks }),
    block: async (index) => {
      asked.push(index);
      return records.slice(index * 10, index * 10 + 10);
    },
  });
  store.load();
  await vi.waitFor(() => expect(store.state().loading).toBe("done"));
  expect(store.state().records).toEqual(records);
  expect(asked).toEqual([1, 2]);
});
