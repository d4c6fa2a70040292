import { describe, expect, it } from "vitest";
import { AGENT_IDS, AGENTS } from "@/lib/agents";
import { FAILURES } from "@/lib/failures";
import { withActor } from "@/server/context";
import { saveProviderCredentials } from "@/server/secrets/provider-credentials";
import { updateConfig } from "@/server/settings/config";
import { createTask } from "./create";
import { ownTask } from "@/server/tasks/read/get";
import { retryOwnTask } from "./retry-own";
import { stopTask } from "@/server/tasks/stop";
import { aPerson, createPipe, writeComment } from "@/server/testing/pipe";
import { userActor } from "@/server/testing/test-context";

const UNMETERED = AGENT_IDS.filter((id) => !AGENTS[id].isMetered);
const { sentence } = FAILURES.agent_unmetered;
let numbers = 93_000;
const next = () => (numbers += 1);

async function somebody() {
  const pipe = createPipe();
  const person = { id: next(), login: `person-${numbers}` };
  await aPerson(pipe, person);
  const as = withActor(pipe.context, userActor(person.id, person.login));
  await saveProviderCredentials(as, { amp: { AMP_API_KEY: "fake-amp-key-canary" } });
  const issueNumber = next();
  const write = (body: string) => writeComment(pipe, { person, issueNumber, body });
  const switchOn = (id: (typeof AGENT_IDS)[number], enabled = true) =>
    updateConfig(as, { agents: { [AGENTS[id].settingsKey]: { enabled } } });
  return { pipe, as, write, switchOn };
}

describe.each(UNMETERED)("%s, which cannot be metered", (id) => {
  it("starts nothing by a comment until somebody switches it on, and the answer says why", async () => {
    const { pipe, write, switchOn } = await somebody();
    const refused = await write(`@porter ${id} fix it`);
    expect(refused).toMatchObject({ status: "refused", outcome: "agent_unmetered", taskId: null });
    expect(refused?.reply).toContain(sentence);
    expect(refused?.reply).toContain("/settings/agents");
    expect(pipe.machines.machines).toEqual([]);
    await switchOn(id);
    expect(await write(`@porter ${id} -- fix it`)).toMatchObject({ outcome: "task" });
    expect(pipe.machines.machines).toHaveLength(1);
  });

  it("is no agent to retry with, on the issue, the page and by the API", async () => {
    const { pipe, as, write, switchOn } = await somebody();
    const taskId = (await write("@porter claude fix it"))?.taskId ?? "";
    await stopTask(as, await ownTask(as, taskId), { reason: "stopped_by_user", by: "somebody" });
    const refused = await write(`@porter retry ${id}`);
    expect(refused).toMatchObject({ outcome: "agent_unmetered", taskId: null });
    expect(refused?.reply).toContain(sentence);
    const again = async () => retryOwnTask(as, await ownTask(as, taskId), { agent: id });
    await expect(again()).rejects.toMatchObject({ code: "forbidden", field: "agent", message: sentence });
    expect(pipe.machines.machines).toHaveLength(1);
    await switchOn(id);
    const child = await again();
    await switchOn(id, false);
    await stopTask(as, await ownTask(as, child), { reason: "stopped_by_user", by: "somebody" });
    const same = async () => retryOwnTask(as, await ownTask(as, child), { agent: null });
    await expect(same()).rejects.toMatchObject({ field: "agent" });
  });

  it("is not started by a dispatch", async () => {
    const { pipe, as } = await somebody();
    const request = { repository: "octo/repo#1", agent: id, instructions: "" };
    await expect(createTask(as, request)).rejects.toMatchObject({
      code: "forbidden",
      field: "agent",
      message: sentence,
    });
    expect(pipe.machines.machines).toEqual([]);
  });
});
