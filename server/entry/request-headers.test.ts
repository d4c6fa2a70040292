import { expect, it } from "vitest";
import { edgeOf, withNonce, withSecurityHeaders } from "./security-headers";

const edge = edgeOf({}, "fresh-nonce");

it("no header of Next's own comes from outside", () => {
  const sent = new Request("https://porter.test/tasks", {
    headers: {
      "x-middleware-subrequest": "middleware:middleware:middleware",
      "X-Middleware-Subrequest": "src/middleware",
      accept: "text/html",
    },
  });
  const { headers } = withNonce(sent, edge);
  expect([...headers.keys()].filter((name) => name.startsWith("x-middleware"))).toEqual([]);
  expect(headers.get("accept")).toBe("text/html");
});

it("the nonce is Porter's, whatever the request brings along", () => {
  const sent = new Request("https://porter.test/", {
    headers: { "x-nonce": "theirs", "content-security-policy": "script-src 'nonce-theirs' *" },
  });
  const { headers } = withNonce(sent, edge);
  expect(headers.get("x-nonce")).toBe("fresh-nonce");
  expect(headers.get("content-security-policy")).toContain("script-src 'self' 'nonce-fresh-nonce' 'strict-dynamic';");
  expect(JSON.stringify([...headers])).not.toContain("theirs");
});

it("every answer forbids frames, foreign scripts, guessed types and caches", () => {
  const loose = new Response("", {
    headers: { "cache-control": "public, max-age=600", "content-security-policy": "default-src *" },
  });
  for (const path of ["/", "/tasks/task_1", "/api/tasks", "/api/tasks/x/status", "/settings.html"]) {
    const { headers } = withSecurityHeaders(loose.clone(), { url: new URL(`https://porter.test${path}`), edge });
    const policy = headers.get("content-security-policy") ?? "";
    for (const rule of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
      expect(policy.split("; ")).toContain(rule);
    expect(/script-src [^;]*/.exec(policy)?.[0]).not.toMatch(/unsafe|\*|https?:/);
    expect(policy).not.toContain("default-src *");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control"), path).toBe("private, no-store");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
  }
});
