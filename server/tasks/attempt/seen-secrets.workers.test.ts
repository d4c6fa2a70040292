import { expect, test } from "vitest";
import { chunksOf } from "@/server/testing/stored";
import { aPerson, createPipe, machineOf, recordMention } from "@/server/testing/pipe";

const KEY = "fake-anthropic-key-canary";
const between = (mark: string): string => [...KEY].join(mark);

/** Each shows the whole key to who reads it on GitHub or on the page. */
const SPELLINGS: [string, string][] = [
  ["colours", between("\u001b[0m")],
  ["colours of grep", between("\u001b[m\u001b[K")],
  ["invisible letters", between("\u200b")],
  ["tag characters", between("\u{e0041}")],
  ["NULs, as of UTF-16", between("\0")],
  ["a soft hyphen here and there", `${KEY.slice(0, 6)}\u00ad${KEY.slice(6, 13)}\u00ad${KEY.slice(13)}`],
];

let people = 91_000;

test.each(SPELLINGS)(
  "a key is hidden whatever stands between its letters, what nobody sees between its letters: %s",
  async (_name, spelt) => {
    const pipe = createPipe();
    const id = (people += 1);
    await aPerson(pipe, { id, login: `person-${id}` });
    const mentionId = await recordMention(pipe, {
      actorId: id,
      actorLogin: `person-${id}`,
      issueNumber: id,
      installationId: id,
    });
    const taskId = (await pipe.context.db.mentions.get(mentionId))?.taskId ?? "";
    const [started] = pipe.machines.machines;
    if (started === undefined) throw new Error("no machine");
    const machine = machineOf(pipe, started);
    const token = String((await machine.claim()).body.callbackToken);
    await machine.progress(token, 1, "working", {
      lastStep: `echo ${spelt}`.slice(0, 200),
      records: [{ n: 1, t: 0, k: "o", s: `said ${spelt}` }],
    });
    await machine.complete(token, {
      status: "failed",
      outcome: "failed",
      failureCode: "agent_failed",
      summary: `I used ${spelt}`,
      message: `failed with ${spelt}`,
      logTail: `npm ERR ${spelt}`,
    });
    const [chunk] = await chunksOf(taskId, 1);
    const records = await pipe.context.logs.get(chunk?.r2Key ?? "");
    const shown = [
      ...pipe.github.state.comments.flatMap(({ bodies }) => bodies),
      JSON.stringify(await pipe.context.db.tasks.get(taskId)),
      ...(records ?? []).map(({ s }) => s),
    ].join("\n");
    // As a page or a mail shows it.
    const seen = shown
      .replaceAll(/\\u001b|\\u0000/g, (escape) => JSON.parse(`"${escape}"`) as string)
      .replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, "")
      .replaceAll(/[\u0000\u00ad\u200b]|[\u{e0000}-\u{e007f}]/gu, "");
    expect(seen).toContain("npm ERR");
    expect(seen).not.toContain(KEY);
  },
);
