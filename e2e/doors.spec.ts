import { DOOR_CALLS, requestOf } from "../local/world/door-calls.ts";
import { expect, testAlone as test } from "./stories.ts";

// Webhook and callbacks stand twice: ahead of Next in the Worker, and as routes of Next, which development without the
// Worker reaches. Nobody's traffic would tell that the second one has fallen behind.

let calls = 0;
/** Of one address too many would be refused. */
const anAddress = (): string => `203.0.113.${(calls += 1)}`;

test.describe("webhook and callbacks", () => {
  for (const door of ["url", "nextUrl"] as const)
    test(`answer every call of the table ${door === "url" ? "ahead of Next" : "as routes of Next"}`, async ({
      world,
    }) => {
      const { porter, secrets } = world;
      for (const call of DOOR_CALLS) {
        const to = {
          url: porter[door],
          secret: secrets.webhookSecret,
          id: crypto.randomUUID(),
          address: anAddress(),
        };
        const answer = await fetch(requestOf(call, to));
        const text = await answer.text();
        expect(answer.status, `${call.name}: ${text}`).toBe(call.status);
        expect(answer.headers.get("cache-control"), call.name).toContain("no-store");
        if (call.says !== null) expect(JSON.parse(text), call.name).toMatchObject(call.says);
      }
    });

  test("know at one door what came in by the other", async ({ world }) => {
    const { porter, secrets } = world;
    const ping = DOOR_CALLS.find(({ name }) => name === "a ping");
    if (ping === undefined) throw new Error("no ping is among the calls");
    const id = crypto.randomUUID();
    const answers = [];
    for (const url of [porter.nextUrl, porter.url]) {
      const to = { url, secret: secrets.webhookSecret, id, address: anAddress() };
      answers.push(await (await fetch(requestOf(ping, to))).json());
    }
    expect(answers).toEqual([{ outcome: "pong" }, { duplicate: true }]);
  });
});
