import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logRecordSchema } from "../../lib/agent-protocol.ts";
import type { LogRecord } from "../../lib/agent-protocol.ts";
import { createRedactor } from "../../lib/redaction.ts";
import { RecordStream } from "./record-stream.ts";
import type { NewRecord, RecordStreamOptions } from "./record-stream.ts";

const plain = (text: string): string => text;
const stream = (options: Partial<RecordStreamOptions> = {}): RecordStream =>
  new RecordStream({ redact: plain, now: () => 0, ...options });
const line = (s: string): NewRecord => ({ k: "o", s });

function drain(records: RecordStream): LogRecord[] {
  const all: LogRecord[] = [];
  while (records.hasPending) {
    const batch = records.takeBatch();
    all.push(...batch.records);
    records.acknowledge(batch.seq);
  }
  return all;
}

const anyRecord: fc.Arbitrary<NewRecord> = fc.oneof(
  fc.record({
    k: fc.constantFrom("o" as const, "e" as const, "m" as const),
    s: fc.string({ unit: "binary", maxLength: 20_000 }),
  }),
  fc.record({
    k: fc.constant("c" as const),
    id: fc.string({ maxLength: 300 }),
    tool: fc.string({ maxLength: 99 }),
    s: fc.string(),
  }),
  fc.record({ k: fc.constant("r" as const), id: fc.string(), ok: fc.boolean(), s: fc.string({ size: "large" }) }),
  fc.record({ k: fc.constant("d" as const), id: fc.string(), path: fc.string({ maxLength: 3_000 }), s: fc.string() }),
  fc.record({ k: fc.constant("p" as const), s: fc.string() }),
);

describe("RecordStream", () => {
  it("numbers records from 1 without holes, within the protocol's sizes, whatever is added", () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 60 }), (records) => {
        const log = stream();
        for (const record of records) log.add(record);
        const sent = drain(log);
        expect(sent.map((record) => record.n)).toEqual(records.map((_, i) => i + 1));
        for (const record of sent) {
          expect(logRecordSchema.safeParse(record).success).toBe(true);
          expect(Buffer.byteLength(record.s)).toBeLessThanOrEqual(8_192);
        }
      }),
      { seed: 20261122, numRuns: 60 },
    );
  });

  it("says beside a patch that it is its beginning, and redacts the items of a plan", () => {
    const log = stream({ redact: (text) => text.replaceAll("canary", "***") });
    log.add({ k: "d", id: "1", path: "a", s: "+line\n".repeat(5_000) });
    log.add({ k: "f", path: "b", s: "+short", cut: true });
    log.add({ k: "d", id: "2", path: "c", s: "+short" });
    log.add({ k: "c", id: "3", tool: "TodoWrite", s: "", todos: [{ text: "print canary", state: "now" }] });
    const [long, told, short, call] = drain(log);
    expect(long).toMatchObject({ cut: true, s: expect.stringMatching(/^\+line[^…]*$/) });
    expect(told).toMatchObject({ cut: true, s: "+short" });
    expect(short).not.toHaveProperty("cut");
    expect(call).toMatchObject({ todos: [{ text: "print ***", state: "now" }] });
  });

  it("hands out the same batch until it is acknowledged, then the next number", () => {
    const log = stream();
    log.add(line("one"));
    const first = log.takeBatch();
    log.add(line("two"));
    expect(log.takeBatch()).toBe(first);
    log.acknowledge(7);
    expect(log.takeBatch()).toBe(first);
    log.acknowledge(1);
    expect(log.takeBatch()).toEqual({ seq: 2, records: [{ n: 2, t: 0, k: "o", s: "two" }] });
    expect(log.acknowledgedSeq).toBe(1);
  });

  it("gives a phase without records a number of its own", () => {
    const log = stream();
    expect(log.hasPending).toBe(false);
    expect(log.takeBatch()).toEqual({ seq: 1, records: [] });
    log.acknowledge(1);
    expect(log.hasPending).toBe(false);
  });

  it("keeps batches under 1,000 records and 64 KB", () => {
    const log = stream();
    for (let i = 0; i < 2_500; i++) log.add(line("x"));
    for (let i = 0; i < 30; i++) log.add(line("y".repeat(8_000)));
    const sizes: number[] = [];
    while (log.hasPending) {
      const batch = log.takeBatch();
      expect(Buffer.byteLength(JSON.stringify(batch.records))).toBeLessThanOrEqual(64 * 1024);
      sizes.push(batch.records.length);
      log.acknowledge(batch.seq);
    }
    expect(Math.max(...sizes)).toBe(1_000);
  });

  it("drops the middle of what waits too long and says how much", () => {
    const log = stream({ maxWaitingBytes: 20_000 });
    for (let i = 1; i <= 1_000; i++) log.add(line(`line ${i} ${"z".repeat(80)}`));
    const sent = drain(log);
    const gap = sent.findIndex((record) => record.k === "x");
    const dropped = sent[gap]?.k === "x" ? sent[gap].dropped : 0;
    expect(sent[0]?.s).toContain("line 1 ");
    expect(sent.at(-1)?.s).toContain("line 1000 ");
    expect(sent[gap]?.s).toContain(`${dropped} lines dropped`);
    expect(sent.length - 1 + dropped).toBe(1_000);
    expect(sent.filter((record) => record.k === "x")).toHaveLength(1);
  });

  it("loses nothing while less waits than the cap", () => {
    const log = stream({ maxWaitingBytes: 100_000 });
    let next = 0;
    const seen: string[] = [];
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < 40; i++) log.add(line(`${next++} ${"z".repeat(1_000)}`));
      const batch = log.takeBatch();
      seen.push(...batch.records.map((record) => record.s.split(" ")[0] ?? ""));
      log.acknowledge(batch.seq);
    }
    seen.push(...drain(log).map((record) => record.s.split(" ")[0] ?? ""));
    expect(seen).toEqual(Array.from({ length: next }, (_, i) => String(i)));
  });

  it("stops at the limit of an attempt, says so once, and still tells phases", () => {
    const log = stream({ maxLines: 10 });
    for (let i = 0; i < 30; i++) log.add(line(String(i)));
    const first = drain(log);
    expect(first).toHaveLength(11);
    expect(first.at(-1)).toMatchObject({ k: "x", dropped: 20 });
    log.add(line("more"));
    expect(log.hasPending).toBe(false);
    log.add({ k: "p", phase: "pushing", s: "Pushing" });
    expect(drain(log).map((record) => record.k)).toEqual(["p", "x"]);
  });

  it("redacts before it cuts, in the records and in the tail", () => {
    const key = "canary-fake-key-0123456789abcdef";
    const log = stream({ redact: createRedactor([key]).redact });
    log.add(line(`${"a".repeat(8_170)} ${key}`));
    log.add({ k: "c", id: `id-${key}`, tool: "Bash", s: `echo ${key}` });
    expect(JSON.stringify(drain(log)) + log.tail(4_096)).not.toContain("canary");
  });

  it("keeps the last readable lines for the completion", () => {
    const log = stream();
    for (let i = 0; i < 9_000; i++) log.add({ k: "e", s: `error ${i} ü` });
    log.add(line('{"type":"result"}'));
    const tail = log.tail(4_096);
    expect(tail.endsWith("error 8999 ü")).toBe(true);
    expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(4_096);
  });

  it("goes on after a gap answer only if Porter has, or wants, the batch in flight", () => {
    const log = stream();
    log.add(line("one"));
    log.takeBatch();
    expect(log.resync(1)).toBe("resend");
    expect(log.resync(5)).toBe("lost");
    expect(log.resync(2)).toBe("acknowledged");
    expect(log.acknowledgedSeq).toBe(1);
    expect(log.resync(1)).toBe("lost");
  });
});
