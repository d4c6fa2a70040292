import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { connect as connectTls } from "node:tls";
import { decode, encode } from "dns-packet";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_NETWORK_POLICY, hostRuleSchema, type NetworkPolicy } from "../../../lib/network.ts";
import { BlockedCalls } from "./blocked-calls.ts";
import { Dialer } from "./dialer.ts";
import { HostList } from "./host-list.ts";
import { NameStub } from "./name-stub.ts";
import { isPublic } from "./public-address.ts";
import { serverName } from "./server-name.ts";

/** What a real TLS client says first. */
async function clientHello(servername: string): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connectTls({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", servername });
  client.on("error", () => undefined);
  const [socket] = await once(server, "connection");
  const [hello] = await once(socket, "data");
  client.destroy();
  server.close();
  return hello;
}

/** The same handshake in records of these sizes. */
function inRecords(hello: Buffer, sizes: number[]): Buffer {
  const records: Buffer[] = [];
  for (let at = 5, turn = 0; at < hello.length; turn += 1) {
    const part = hello.subarray(at, at + (sizes[turn % sizes.length] ?? 1));
    const head = Buffer.from([22, 3, 1, 0, 0]);
    head.writeUInt16BE(part.length, 3);
    records.push(head, part);
    at += part.length;
  }
  return Buffer.concat(records);
}

test("reads the name of a TLS client however its first message is cut, and none out of other bytes", async () => {
  const hello = await clientHello("packages.example");
  expect(serverName(hello)).toBe("packages.example");
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }), (sizes) => {
      const bytes = inRecords(hello, sizes);
      expect(serverName(bytes)).toBe("packages.example");
      for (const end of [0, 1, 4, 5, 6, bytes.length - 1]) expect(serverName(bytes.subarray(0, end))).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(["undefined", "object"]).toContain(typeof serverName(Buffer.from(bytes)));
    }),
  );
  expect(serverName(await clientHello(""))).toBeNull();
  expect(serverName(Buffer.from("SSH-2.0-x\r\n"))).toBeNull();
});

const policy = (more: Partial<NetworkPolicy>): NetworkPolicy => ({ ...DEFAULT_NETWORK_POLICY, ...more });

test.each<{ mode: NetworkPolicy["mode"]; open: string[]; closed: string[] }>([
  {
    mode: "none",
    open: ["own.example", "a.b.below.example", "agent.example"],
    closed: ["registry.npmjs.org", "below.example"],
  },
  {
    mode: "registries",
    open: ["registry.npmjs.org", "pypi.org"],
    closed: ["nodejs.org", "github.com", "api.github.com"],
  },
  {
    mode: "toolchains",
    open: ["registry.npmjs.org", "nodejs.org"],
    closed: ["github.com", "xnodejs.org", "x.nodejs.org"],
  },
  { mode: "open", open: ["anything.example", "github.com"], closed: [] },
])("mode $mode opens what it says", ({ mode, open, closed }) => {
  const hosts = new HostList(policy({ mode, allow: ["own.example", "*.below.example"] }), ["agent.example"]);
  for (const host of open) expect(hosts.allows(host), host).toBe(true);
  const never = [
    "localhost",
    "x.localhost",
    "vm.internal",
    "app.flycast",
    "printer.local",
    "127.0.0.1",
    "1.2.3.4",
    "0x7f.1",
  ];
  const others = [
    "2130706433",
    "[::1]",
    "::1",
    "fdaa::3",
    "1.in-addr.arpa",
    "",
    ".",
    "a",
    "a..example",
    "*.example",
    "a b.example",
  ];
  for (const host of [...closed, ...never, ...others]) expect(hosts.allows(host), host).toBe(false);
});

test("takes no address for a host's rule, in any spelling", () => {
  for (const rule of ["example.com", "*.example.com", "EXAMPLE.com", "xn--bcher-kva.example"])
    expect(hostRuleSchema.safeParse(rule).success, rule).toBe(true);
  for (const rule of [
    "127.0.0.1",
    "*.1",
    "0x7f.1",
    "::1",
    "localhost",
    "*",
    "*.*",
    "*.com.",
    "a/b.com",
    "a.com:443",
    "",
    "a*.com",
  ])
    expect(hostRuleSchema.safeParse(rule).success, rule).toBe(false);
});

test("knows the addresses that are no one's but this machine's and its neighbours'", () => {
  const v4 =
    "127.0.0.1 10.1.2.3 100.100.100.200 169.254.169.254 172.16.0.1 172.31.255.255 192.168.0.1 192.0.0.192 0.0.0.0 224.0.0.1 255.255.255.255 168.63.129.16 198.18.0.1";
  const v6 = "::1 :: fdaa::3 fd00:ec2::254 fe80::1 ::ffff:8.8.8.8 64:ff9b::808:808 2002:7f00:1:: 2001::1 ff02::1";
  for (const address of v4.split(" ")) expect(isPublic({ address, family: 4 }), address).toBe(false);
  for (const address of v6.split(" ")) expect(isPublic({ address, family: 6 }), address).toBe(false);
  // Private mirrors stand in the ranges of documentation.
  for (const address of ["8.8.8.8", "198.51.100.7"]) expect(isPublic({ address, family: 4 }), address).toBe(true);
  for (const address of ["2606:4700::1111", "2001:db8::1"])
    expect(isPublic({ address, family: 6 }), address).toBe(true);
});

test("dials the address that it checked, and resolves no name that is refused", async () => {
  const asked: string[] = [];
  const dialer = new Dialer({
    hosts: new HostList(policy({ allow: ["moves.example", "mixed.example"] }), []),
    resolve: async (host) => {
      asked.push(host);
      const own = { address: "127.0.0.1", family: 4 };
      return host === "mixed.example" ? [{ address: "192.0.2.1", family: 4 }, own] : [own];
    },
  });
  await expect(dialer.dial("moves.example", 443)).rejects.toMatchObject({ reason: "private_address" });
  expect(asked).toEqual(["moves.example"]);
  await expect(dialer.dial("mixed.example", 80)).rejects.toMatchObject({ reason: "private_address" });
  expect(asked.splice(1)).toEqual(["mixed.example"]);
  const refused: [string, number, string][] = [
    ["secret.evil.example", 443, "not_listed"],
    ["moves.example", 22, "port"],
    ["127.0.0.1", 443, "not_a_name"],
    ["[::1]", 443, "not_a_name"],
  ];
  for (const [host, port, reason] of refused) await expect(dialer.dial(host, port)).rejects.toMatchObject({ reason });
  expect(asked).toEqual(["moves.example"]);
});

test("folds refused calls, and keeps a bounded list of them", () => {
  const blocked = new BlockedCalls();
  let looks = 0;
  const look = () => (looks++ === 0 ? null : "npm test");
  const call = { host: "evil.example", port: 443, phase: "working" } as const;
  expect([blocked.add(call, look), blocked.add(call, look), blocked.add(call, look)]).toEqual([true, false, false]);
  expect(blocked.rows).toEqual([{ ...call, command: "npm test", count: 3 }]);
  expect(looks).toBe(2);
  for (let at = 0; at < 200; at += 1) blocked.add({ ...call, host: `${at}.example` }, () => null);
  expect([blocked.rows.length, blocked.unlisted]).toEqual([50, 151]);
});

test("answers names of the list alone, each with an address that leads back to it, and survives whatever comes", () => {
  const stub = new NameStub(new HostList(policy({}), []));
  const ask = (name: string, type: "A" | "AAAA" | "TXT" = "A") => {
    const { reply, refused } = stub.answer(encode({ type: "query", id: 7, questions: [{ type, name, class: "IN" }] }));
    return { answers: reply === null ? null : (decode(reply).answers ?? []), refused };
  };
  const [first] = ask("registry.npmjs.org").answers ?? [];
  expect(first).toMatchObject({ type: "A", name: "registry.npmjs.org", data: "127.64.0.0" });
  expect(stub.hostOf("127.64.0.0")).toBe("registry.npmjs.org");
  expect(ask("PyPI.org").answers?.[0]).toMatchObject({ data: "127.64.0.1" });
  expect(ask("REGISTRY.npmjs.org").answers?.[0]).toMatchObject({ data: "127.64.0.0" });
  expect(ask("registry.npmjs.org", "AAAA")).toEqual({ answers: [], refused: null });
  expect(ask("app.localhost").answers?.[0]).toMatchObject({ data: "127.0.0.1" });
  expect(ask("evil.example")).toEqual({ answers: [], refused: "evil.example" });
  expect(ask("evil.example", "TXT").refused).toBe("evil.example");
  for (const address of ["127.63.255.255", "127.64.0.2", "127.0.0.1", "", undefined])
    expect(stub.hostOf(address)).toBeNull();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void stub.answer(Buffer.from(bytes))));
});
