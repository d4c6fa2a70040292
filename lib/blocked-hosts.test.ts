import { expect, test } from "vitest";
import type { BlockedCall } from "./agent-protocol.ts";
import { allowPath, blockedHosts } from "./blocked-hosts.ts";

const call = (host: string, more: Partial<BlockedCall> = {}): BlockedCall => ({
  host,
  port: 443,
  phase: "working",
  command: null,
  count: 1,
  ...more,
});

test("calls to one host are told together, with the first command that is known", () => {
  const calls = [
    call("a.example", { port: 0, phase: "cloning" }),
    call("b.example", { command: "curl b" }),
    call("a.example", { command: "npm test", count: 2 }),
    call("a.example", { port: 80, command: "later" }),
  ];
  expect(blockedHosts(calls)).toEqual([
    { shown: "a.example", count: 4, command: "npm test", allows: "a.example" },
    { shown: "b.example", count: 1, command: "curl b", allows: "b.example" },
  ]);
});

test.each(["10.0.0.1", "[::1]", "?", "localhost", "db.internal", "github.com", "*.example.com", "a b.example"])(
  "nothing can allow %s, so nothing offers to",
  (host) => {
    expect(blockedHosts([call(host)])[0]?.allows).toBeNull();
  },
);

test("another port is shown, and no name opens it", () => {
  expect(blockedHosts([call("db.example", { port: 5432 })])).toEqual([
    { shown: "db.example:5432", count: 1, command: null, allows: null },
  ]);
});

test("the way to allow a name is one address, whatever the name holds", () => {
  expect(allowPath("a&b=c#d")).toBe("/settings/network?allow=a%26b%3Dc%23d");
});
