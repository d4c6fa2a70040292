import { connect } from "node:net";

/** As it goes over the line: no client in between that would refuse or mend it. */
export type RawRequest = { method: string; path: string; headers: [name: string, value: string][]; body: Buffer };
export type RawAnswer = { status: number; text: string };

/** Numbers from a seed: the same seed tries the same again. */
export function seededChance(seed: number): { below: (most: number) => number; one: <T>(of: readonly T[]) => T } {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (most: number): number => Math.floor(next() * most);
  const one = <T>(of: readonly T[]): T => {
    const found = of[below(of.length)];
    if (found === undefined) throw new Error("there is nothing to choose from");
    return found;
  };
  return { below, one };
}
type Chance = ReturnType<typeof seededChance>;

// Latin-1, as headers are: each character is a byte.
const BYTES = "\u00ff\u00fe\u0080\u00c0\u00af\u00ed\u00a0\u0080";
const LONG = "a".repeat(12_000);
const VALUES = [
  "",
  "1",
  "0",
  "-1",
  "null",
  "undefined",
  "true",
  "{}",
  "[]",
  '[""]',
  "%",
  "%zz",
  "%00",
  "%F0%9F%92",
  BYTES,
];
const HOSTILE_VALUES = [
  ...VALUES,
  LONG,
  "__proto__",
  "constructor",
  "*",
  "//evil.example",
  "javascript:alert(1)",
  "\t\t",
];
const STATE_TREES = [
  "%5B%22%22%5D",
  "%5B%22%22%2C%7B%7D%2C%22%2Ftasks%22%2C%22refetch%22%5D",
  encodeURIComponent(JSON.stringify(["", { children: ["__proto__", { children: ["x", {}] }] }])),
  encodeURIComponent(JSON.stringify(["", { children: [["id", "../../x", "d"], {}] }, null, "refetch", true])),
  encodeURIComponent("[".repeat(500) + "]".repeat(500)),
  encodeURIComponent(`["${"x".repeat(3000)}",{}]`),
];

/** What steers Next, OpenNext, workerd or Porter, with values of their own; any header may have any hostile one. */
const HEADERS: Record<string, readonly string[]> = {
  rsc: ["1"],
  "next-router-state-tree": STATE_TREES,
  "next-router-prefetch": ["1", "2", "3"],
  "next-router-segment-prefetch": ["/_tree", "/_index", "/__PAGE__", "/$d$id/x"],
  "next-url": ["/tasks", "/tasks/x?y", "//x", "/%00"],
  "next-action": ["0".repeat(42)],
  "next-hmr-refresh": ["1"],
  "next-resume": ["1"],
  "next-test-fetch-priority": ["high"],
  "x-middleware-subrequest": ["middleware:middleware:middleware:middleware:middleware", "src/middleware"],
  "x-middleware-rewrite": ["/api/config", "https://evil.example/"],
  "x-middleware-override-headers": ["cookie"],
  "x-middleware-set-cookie": ["porter.session=x"],
  "x-nextjs-data": ["1"],
  "x-nextjs-cache": ["HIT"],
  "x-matched-path": ["/account", "/_error"],
  "x-invoke-path": ["/account"],
  "x-invoke-status": ["500"],
  "x-invoke-error": ["{"],
  "x-now-route-matches": ["1=x"],
  "x-next-revalidated-tags": ["x"],
  "x-prerender-revalidate": ["x"],
  "x-next-resume-state-length": ["9"],
  "x-opennext-resolved-routes": ["[{"],
  "x-opennext-initial-url": ["//x"],
  "x-http-method-override": ["DELETE"],
  "x-forwarded-host": ["evil.example"],
  "x-forwarded-proto": ["gopher"],
  "x-forwarded-for": ["127.0.0.1"],
  forwarded: ["host=evil.example;proto=http"],
  "cf-connecting-ip": ["::", "1:2:3:4:5:6:7:8:9", ":::::"],
  origin: ["null", "https://evil.example"],
  "sec-fetch-site": ["cross-site", "same-origin"],
  referer: ["not an address"],
  accept: ["text/html", "text/x-component", "text/event-stream", "q=nonsense;;;"],
  "accept-encoding": ["gzip;q=2", "unknown"],
  "accept-language": ["x-".repeat(500)],
  "user-agent": ["Macintosh", "("],
  "content-type": ["application/json", "text/plain", "multipart/form-data", "application/x-www-form-urlencoded", "x/"],
  "content-encoding": ["gzip", "br", "deflate, gzip", "unknown"],
  "content-language": ["?"],
  authorization: ["Bearer", `Bearer ${"x".repeat(40)}`, "Basic eDp4", `Bearer ${BYTES.repeat(8)}`],
  range: ["bytes=0-0", "bytes=-1", "bytes=9-1,0-", "lines=1"],
  "if-range": ["x"],
  "if-none-match": ["*", '"x"', "W/"],
  "if-modified-since": ["yesterday"],
  expect: ["100-continue", "200-ok"],
  te: ["trailers"],
  upgrade: ["h2c", "websocket"],
  connection: ["upgrade", "cookie, host"],
  "last-event-id": ["9999999999999999999", "x"],
  "trpc-accept": ["application/jsonl"],
  "x-trpc-source": ["x"],
  "idempotency-key": ["x"],
  "x-hub-signature-256": [`sha256=${"0".repeat(64)}`, "sha256=", "sha1=x"],
  "x-github-event": ["issue_comment", "constructor"],
  "x-github-delivery": ["x"],
  "x-github-hook-installation-target-id": ["x", "1e9"],
  cookie: [
    "porter.session=x.y.z.a.b",
    `porter.session=${BYTES}`,
    "porter.session=",
    "=; ;;=x;porter.csrf=|;porter.callback-url=javascript:x",
    `porter_theme=__proto__; porter_zone=${"Z".repeat(300)}`,
    Array.from({ length: 400 }, (_, at) => `c${at}=${at}`).join("; "),
    `x=${LONG}`,
  ],
};
const NAMES = Object.keys(HEADERS);

const deep = (open: string, close: string): string => open.repeat(20_000) + close.repeat(20_000);
const BODIES: readonly (string | Buffer)[] = [
  "",
  "{",
  "null",
  "0",
  '"x"',
  "[]",
  "[null]",
  '{"__proto__":{"x":1},"constructor":1}',
  '{"0":{"json":{"id":"x"}}}',
  '{"action":"created","comment":{"id":1e400}}',
  `{"id":"${"x".repeat(20_000)}"}`,
  '{"key":"\\ud800","login":"\\u0000"}',
  deep("[", "]"),
  deep('{"a":', "}"),
  "a=1&b=2",
  '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
  Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]),
  Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]),
  Buffer.from([0xff, 0xfe, 0x7b, 0, 0x7d, 0]),
  Buffer.from(BYTES, "latin1"),
];
const SEGMENTS = [
  ...VALUES,
  "..%2f",
  "%c0%ae",
  "task_00000000000000000000",
  "__proto__",
  "a".repeat(3000),
  "%E2%80%AE",
  "x;y=z",
];
const QUERIES = ["", "?_rsc=x", "?__nextDataReq=1", "?nxtPid=x", "?a[]=1&a[__proto__]=2", "?cursor=%00", `?q=${LONG}`];
const MORE_QUERIES = [
  ...QUERIES,
  "?attempt=x",
  "?attempt=-1",
  "?limit=NaN",
  "?status=constructor",
  "?callbackUrl=//x",
  "?%zz",
];

/** Random bytes, now and then; else one of those that parsers are known to fall over. */
function bodyOf({ below, one }: Chance): Buffer {
  if (below(4) === 0) return Buffer.from(Array.from({ length: below(200) }, () => below(256)));
  return Buffer.from(one(BODIES));
}

/** A hostile request to a route; `{…}` in its path is filled in with anything. */
export function hostileRequest(route: { method: string; path: string }, by: Chance): RawRequest {
  const { below, one } = by;
  const path = route.path.replaceAll(/\{[^}]+\}|\[\[?\.*\w+\]\]?/g, () => one(SEGMENTS)) || "/";
  const headers: RawRequest["headers"] = Array.from({ length: below(5) }, () => {
    const name = one(NAMES);
    return [name, below(3) === 0 ? one(HOSTILE_VALUES) : one(HEADERS[name] ?? VALUES)];
  });
  // The same header twice, with another value.
  const [first] = headers;
  if (first !== undefined && below(5) === 0) headers.push([first[0], one(HOSTILE_VALUES)]);
  const isRead = route.method === "GET" || route.method === "HEAD";
  return { method: route.method, path: path + one(MORE_QUERIES), headers, body: isRead ? Buffer.alloc(0) : bodyOf(by) };
}

/** In chunks, with a length that is none, or as it should be. */
function framed({ body, headers }: RawRequest, framing: "length" | "chunked" | "bad chunks" | "both"): Buffer[] {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const chunk = [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n0\r\n\r\n")];
  const head = (...more: string[]): Buffer => Buffer.from(`${[...lines, ...more].join("\r\n")}\r\n\r\n`, "latin1");
  switch (framing) {
    case "length":
      return [head(...(body.length === 0 ? [] : [`content-length: ${body.length}`])), body];
    case "chunked":
      return [head("transfer-encoding: chunked"), ...(body.length === 0 ? [Buffer.from("0\r\n\r\n")] : chunk)];
    case "bad chunks":
      return [head("transfer-encoding: chunked"), Buffer.from("zz\r\n")];
    case "both":
      return [head("transfer-encoding: chunked", `content-length: ${body.length}`), ...chunk];
  }
}
export const FRAMINGS = ["length", "length", "length", "length", "chunked", "bad chunks", "both"] as const;

/** Sends it on a connection of its own. A server that hangs up without a word, or waits for more, answers status 0. */
export function sendRaw(base: URL, request: RawRequest, framing: (typeof FRAMINGS)[number]): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: Number(base.port) });
    const chunks: Buffer[] = [];
    const end = (): void => {
      socket.destroy();
      const text = Buffer.concat(chunks).toString("latin1");
      resolve({ status: Number(/^HTTP\/1\.\d (\d{3})/.exec(text)?.[1] ?? 0), text });
    };
    // Streams stay open for good: what they begin with is enough.
    socket.setTimeout(2000, end);
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (/^content-type: text\/event-stream/im.test(chunk.toString("latin1"))) end();
    });
    socket.once("close", end).once("error", end);
    const start = `${request.method} ${request.path} HTTP/1.1\r\nhost: ${base.host}\r\nconnection: close\r\n`;
    socket.write(Buffer.concat([Buffer.from(start, "latin1"), ...framed(request, framing)]));
  });
}
