import { describe, expect, it } from "vitest";
import { unexpectedNextHeader } from "./next-headers";
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

describe("what Next's client says besides a page's address", () => {
  const sent = (name: string, value: string) => unexpectedNextHeader(new Headers({ [name]: value }));
  const state = encodeURIComponent('["",{"children":["tasks",{}]}]');

  it("is read as Next's client sends it", () => {
    const headers = {
      rsc: "1",
      "next-router-state-tree": state,
      "next-router-prefetch": "2",
      "next-router-segment-prefetch": "/_tree",
      "next-url": "/tasks/task_x",
    };
    expect(unexpectedNextHeader(new Headers(headers))).toBeNull();
    expect(unexpectedNextHeader(new Headers())).toBeNull();
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
  ])("as the state %.20j is refused", (value) => {
    expect(sent("next-router-state-tree", value)).toBe("next-router-state-tree");
  });

  const rubbish = ["", "0", "true", "1, 1", "é", "../..", "https://evil.test/", `/${"a".repeat(5000)}`, "[]", "/ü"];
  it.each(["rsc", "next-router-prefetch", "next-router-segment-prefetch", "next-url", "next-action"])(
    "as %s refuses all rubbish",
    (name) => {
      for (const value of rubbish) expect(sent(name, value), value.slice(0, 20)).toBe(name);
    },
  );

  it.each(["next-action", "next-resume", "next-hmr-refresh"])("is never %s", (name) => {
    expect(sent(name, "1")).toBe(name);
  });
});
