import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { handleAuth } from "@/server/auth/handle-auth";
import { refuseWrongOperator } from "@/server/auth/operator-token";
import type { AppContext } from "@/server/context";
import { createLimits } from "@/server/composition/limits";
import { createLogger } from "@/server/log";
import { mayCheck } from "@/server/secrets/check-keys";
import { apiContext } from "@/server/testing/api-world";
import { testEnv, userActor } from "@/server/testing/test-context";

// The platform's own counters, which count by the minute of the clock: one may end in between.
const MOST_TURNS = 400;
const RIGHT = "o".repeat(40);

let counter = 0;
const anAddress = () => `198.51.100.${(counter += 1)}`;

let context: AppContext;
beforeEach(async () => {
  const whole = await apiContext(userActor(1, "octocat"));
  const limits = createLimits(
    env,
    createLogger(() => undefined),
  );
  context = { ...whole, limits, env: testEnv({ OPERATOR_TOKEN: RIGHT }) };
});

/** What the first turn gave that is unlike the first of all. */
async function untilOther<T>(turn: () => Promise<T>, same: (value: T) => boolean): Promise<T> {
  let last = await turn();
  for (let at = 0; at < MOST_TURNS && same(last); at++) last = await turn();
  return last;
}

describe("an operator's token", () => {
  const withToken = (token: string, address: string) =>
    refuseWrongOperator(context, new Headers({ authorization: `Bearer ${token}`, "cf-connecting-ip": address }));

  it("that is wrong too often is told to wait, and the right one from the same address never is", async () => {
    const address = anAddress();
    const wrong = await untilOther(
      () => withToken("w".repeat(40), address),
      (answer) => answer === null,
    );
    expect([wrong?.status, wrong?.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(await wrong?.json()).toMatchObject({ error: { code: "rate_limited" } });
    expect(await withToken(RIGHT, address)).toBeNull();
    expect(await withToken("w".repeat(40), anAddress())).toBeNull();
  });

  it("of no form that one could have counts as a wrong one, and a request without any never does", async () => {
    const address = anAddress();
    const short = await untilOther(
      () => withToken("x", address),
      (answer) => answer === null,
    );
    expect(short?.status).toBe(429);
    expect(await refuseWrongOperator(context, new Headers({ "cf-connecting-ip": address }))).toBeNull();
  });

  it("is counted for a whole IPv6 network", async () => {
    let host = 0;
    const other = await untilOther(
      () => withToken("w".repeat(40), `2001:db8:7:${counter}::${(host += 1).toString(16)}`),
      (answer) => answer === null,
    );
    expect(other?.status).toBe(429);
  });
});

describe("sign-in", () => {
  const outside = { fetch: () => Promise.reject(new Error("GitHub is asked nothing here")) };
  const ask = async (path: string, address: string) => {
    const url = `https://porter.test/api/auth/${path}`;
    return (await handleAuth(new Request(url, { headers: { "cf-connecting-ip": address } }), context, outside)).status;
  };

  it.each(["github", "github/callback?code=x&state=y", "callback/github?code=x&state=y"])(
    "by %s too often from one address is told to wait; others and other questions are not",
    async (path) => {
      const address = anAddress();
      const first = await ask(path, address);
      expect(first).not.toBe(429);
      expect(
        await untilOther(
          () => ask(path, address),
          (status) => status === first,
        ),
      ).toBe(429);
      expect(await ask("csrf", address)).toBe(200);
      expect(await ask(path, anAddress())).toBe(first);
    },
  );
});

describe("checks of keys", () => {
  it("are counted by the platform for each person, before a row is written", async () => {
    const taken: string[] = [];
    const useCounts = { take: async ({ key }: { key: string }) => (taken.push(key), 0) };
    const counted = { ...context, db: { ...context.db, useCounts: { ...context.db.useCounts, ...useCounts } } };
    const refused = await untilOther(
      () => mayCheck(counted, 7001),
      (may) => may,
    );
    expect(refused).toBe(false);
    const before = taken.length;
    expect(before).toBeLessThan(MOST_TURNS);
    expect(await mayCheck(counted, 7001)).toBe(false);
    expect(taken.length).toBe(before);
    expect(await mayCheck(counted, 7002)).toBe(true);
  });
});

it("nobody is refused where the platform cannot count, and the log says that it could not", async () => {
  const lines: string[] = [];
  const broken = { limit: () => Promise.reject(new Error("not just now")) };
  const limits = createLimits(
    { REFUSED_LIMIT: broken, SIGN_IN_LIMIT: broken, KEY_CHECK_LIMIT: broken },
    createLogger((line) => lines.push(line)),
  );
  for (const what of ["refused", "sign_in", "key_check"] as const) expect(await limits.isOver(what, "x")).toBe(false);
  expect(lines).toHaveLength(3);
  expect(lines.every((line) => line.includes("limit.not_counted"))).toBe(true);
});
