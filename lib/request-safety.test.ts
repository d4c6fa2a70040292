import { describe, expect, test } from "vitest";
import { isOwnWrite, isPageRead, isPlainPath } from "./request-safety.ts";

const publicUrl = "https://porter.example";
const write = (headers: Record<string, string>, signedIn: boolean, method = "POST") =>
  isOwnWrite({ method, headers: new Headers(headers), publicUrl, signedIn });

describe("a write", () => {
  test.each([
    ["from Porter's own page", { origin: publicUrl, "sec-fetch-site": "same-origin" }, true, true],
    ["from another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }, true, false],
    ["from another site without a session", { origin: "https://evil.example" }, false, false],
    ["from an opaque origin", { origin: "null" }, true, false],
    ["from a sister site that hides its origin", { "sec-fetch-site": "same-site" }, true, false],
    ["that claims cross-site with our origin", { origin: publicUrl, "sec-fetch-site": "cross-site" }, true, false],
    ["from our host at another port", { origin: "https://porter.example:8443" }, true, false],
    ["from curl without a session", {}, false, true],
    ["with a session cookie and no origin at all", {}, true, false],
    ["from a scripted client that names our origin", { origin: publicUrl }, true, true],
  ])("%s", (_name, headers, signedIn, allowed) => {
    expect(write(headers, signedIn)).toBe(allowed);
  });

  test("is what is guarded: a read passes from anywhere", () => {
    expect(write({ origin: "https://evil.example" }, true, "GET")).toBe(true);
  });
});

describe("a path", () => {
  test.each(["/api/tasks", "/api/tasks/task_1/status?x=a//b", "https://porter.example/", "http://h:1/a%20b"])(
    "that can be read in one way only passes: %s",
    (url) => expect(isPlainPath(url)).toBe(true),
  );

  test.each([
    "//api/tasks",
    "/api//tasks",
    "/api/%2e%2e/tasks",
    "/api/%2E/x",
    "/api/a%2fb",
    "/api/a%5Cb",
    "/a/../b",
    "/a\\b",
    "/a%00",
    "/a%0d%0aset-cookie:x",
    "/a%1b[31m",
    "/a%7F",
    "/a\u0000b",
    "/a\tb",
    "/tasks/%c0%ae%c0%ae/x",
    "/tasks/%zz",
    "/tasks/%",
    "/tasks/%ff",
  ])("that a proxy may read otherwise is refused: %s", (url) => {
    expect(isPlainPath(url)).toBe(false);
    expect(isPlainPath(`https://porter.example${url}`)).toBe(false);
  });
});

describe("a page", () => {
  test.each([
    ["GET", "/"],
    ["HEAD", "/tasks/task_1"],
    ["GET", "/_next/static/chunks/a.js"],
    ["GET", "/_next/imagery"],
    ["POST", "/api/tasks"],
    ["DELETE", "/api/account"],
  ])("is read: %s %s", (method, pathname) => expect(isPageRead({ method, pathname })).toBe(true));

  test.each([
    ["POST", "/"],
    ["POST", "/tasks"],
    ["PUT", "/settings/agents"],
    ["OPTIONS", "/tasks"],
    ["QUERY", "/api"],
    ["GET", "/_next/image"],
    ["GET", "/_next/image/"],
    ["GET", "/cdn-cgi/image/width=1/https:evil.example"],
  ])("takes no orders and fetches no pictures: %s %s", (method, pathname) =>
    expect(isPageRead({ method, pathname })).toBe(false),
  );
});
