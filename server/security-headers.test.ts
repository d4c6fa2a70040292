import { describe, expect, it } from "vitest";
import { hasReadableRouterState } from "./router-state";
import { edgeOf, withSecurityHeaders } from "./security-headers";

const headersOf = (env: Record<string, unknown>, url = "https://porter.test/") =>
  withSecurityHeaders(new Response(""), { url: new URL(url), edge: edgeOf(env, "n") }).headers;

describe("the headers of every answer", () => {
  it.each([
    [{}, "max-age=63072000"],
    [{ HSTS: "host" }, "max-age=63072000"],
    [{ HSTS: "everything" }, "max-age=63072000"],
    [{ HSTS: "subdomains" }, "max-age=63072000; includeSubDomains"],
    [{ HSTS: "preload" }, "max-age=63072000; includeSubDomains; preload"],
  ])("with %j keep browsers to https with %s", (env, expected) => {
    expect(headersOf(env).get("strict-transport-security")).toBe(expected);
    expect(headersOf(env, "http://localhost/").get("strict-transport-security")).toBeNull();
  });

  it.each([
    [{}, "img-src 'self' data: https://avatars.githubusercontent.com;"],
    [{ GITHUB_URL: "http://127.0.0.1:1" }, "img-src 'self' data: https://avatars.githubusercontent.com;"],
    [{ GITHUB_URL: "https://git.example.com" }, " https://git.example.com https://avatars.git.example.com;"],
  ])("with %j let pictures of people in", (env, expected) => {
    expect(headersOf(env).get("content-security-policy")).toContain(expected);
  });
});

describe("a router state", () => {
  const sent = (value: string | null) =>
    hasReadableRouterState(new Headers(value === null ? {} : { "next-router-state-tree": value }));
  it.each([null, encodeURIComponent('["",{"children":["tasks",{}]}]')])("%j is read", (value) => {
    expect(sent(value)).toBe(true);
  });
  it.each([
    "",
    "x",
    "%",
    "[]",
    "{}",
    "null",
    encodeURIComponent('["",{"children":1}]'),
    `["${"a".repeat(50_000)}",{}]`,
  ])("%.20j is refused", (value) => {
    expect(sent(value)).toBe(false);
  });
});
