/**
 * What runs in a machine of the storm: the machine's side of the protocol without git, agent or packages, so that a
 * hundred of them fit on one computer. Claims, works for a moment, says that there was nothing to change.
 */
import { readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const WORK_MS = 500;
const GIVE_UP_MS = 10 * 60_000;

type MachineFile = { taskId: string; attempt: number; protocol: number; porterUrl: string; claimToken: string };
const file = JSON.parse(readFileSync(process.env["PORTER_TASK_FILE"] ?? "", "utf8")) as MachineFile;
const ref = { taskId: file.taskId, attempt: file.attempt };
const givesUpAt = Date.now() + GIVE_UP_MS;

/** Tries again, as the real runner does, until Porter takes it or refuses it. */
async function call(kind: string, token: string, body: object): Promise<Record<string, unknown>> {
  for (let wait = 200; ; wait = Math.min(5000, wait * 2)) {
    const answer = await fetch(`${file.porterUrl}/api/callbacks/${kind}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    }).catch(() => null);
    if (answer?.ok === true) return (await answer.json()) as Record<string, unknown>;
    const isRefused = answer !== null && answer.status < 500 && answer.status !== 429;
    if (isRefused || Date.now() > givesUpAt) process.exit(1);
    await sleep(wait * (0.5 + Math.random()));
  }
}

const nonce = randomBytes(32).toString("base64url");
const machineId = process.env["FLY_MACHINE_ID"] ?? "";
const claim = await call("claim", file.claimToken, { ...ref, protocol: file.protocol, nonce, machineId });
const token = String(claim["callbackToken"]);
await call("progress", token, { ...ref, seq: 1, phase: "working", steps: 1, lastStep: null, records: [] });
await sleep(WORK_MS);
await call("complete", token, { ...ref, status: "success", outcome: "no_changes" });
