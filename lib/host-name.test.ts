import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostMistake } from "./host-name.ts";
import { hostRuleSchema } from "./network.ts";

test.each([
  "registry.example.com",
  "*.example.com",
  "a-b.example",
  "xn--bcher-kva.example",
  "1password.com",
  "npm.pkg.dev",
])("%s can be on the list", (name) => {
  expect(hostMistake(name)).toBeNull();
});

describe("what is no name is refused", () => {
  const refused: Record<string, RegExp> = {
    "": /needed/,
    "127.0.0.1": /address/,
    "2130706433": /address/,
    "0x7f.1": /address/,
    "0177.0.0.01": /address/,
    "1.2.3": /address/,
    "[::1]": /address/,
    "fdaa:0:1::3": /address/,
    "*.10.0.0.1": /address/,
    "example.com:443": /port/,
    "https://example.com": /alone/,
    "example.com/path": /alone/,
    "user@example.com": /alone/,
    "a b.example": /alone/,
    "exa*mple.com": /beginning/,
    "*.*.example.com": /beginning/,
    "*": /beginning/,
    "*.com": /whole domain/,
    com: /no public name/,
    localhost: /no public name/,
    "db.internal": /no public name/,
    "app.flycast": /no public name/,
    "1.0.0.127.in-addr.arpa": /no public name/,
    "bücher.example": /xn--bcher-kva\.example/,
    "-a.example": /no host name/,
    "a..example": /no host name/,
    "example.com.": /no host name/,
    "a_b.example": /no host name/,
    "example.1a": /no host name/,
    [`${"a".repeat(64)}.example`]: /no host name/,
    [`${"a.".repeat(130)}example`]: /253/,
  };
  test.each(Object.entries(refused))("%j", (name, why) => {
    expect(hostMistake(name)).toMatch(why);
  });

  test.each(["github.com", "*.github.com", "gist.github.com", "api.github.com", "acme.ghe.com", "*.ghe.com"])(
    "%s, with the reason: it takes pushes",
    (name) => {
      expect(hostMistake(name)).toMatch(/push/);
    },
  );

  test("whatever is taken is one host of the public network, and not an address, in every spelling", () => {
    const piece = fc.constantFrom("a", "1", "0x1", "-", ".", "*", ":", "/", "@", "xn--", "github.com", "é", "%", "[");
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 8 }), (pieces) => {
        const name = pieces.join("");
        if (hostMistake(name) !== null) return;
        const host = name.replace(/^\*\./, "");
        const url = new URL(`https://${host}/`);
        expect(url.hostname).toBe(host);
        expect(url.port).toBe("");
        expect(host).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
        expect(hostRuleSchema.safeParse(name).data, "a machine takes it, too").toBe(name);
        expect(host).not.toMatch(/(^|\.)github\.com$/);
      }),
      { numRuns: 2000, seed: 20261130 },
    );
  });
});
