import { sleepFor } from "@/lib/sleep";
import type { FlyAnswer, FlyClient } from "@/server/machines/fly-client";
import { FlyUnreachableError } from "@/server/machines/fly-client";
import { flyCreateBody, taskFileValue } from "@/server/machines/fly-create-body";
import { failureOf, requireSendable } from "@/server/machines/fly-failures";
import { toMachine } from "@/server/machines/fly-machine";
import type { FlyReader } from "@/server/machines/fly-reader";
import { flyMachineSchema } from "@/server/machines/fly-schemas";
import { MachineError } from "@/server/machines/port";
import type { FlyCredentials, Machine, MachineSpec } from "@/server/machines/port";

/** With the pause and one list (5 s) after it, a launch of unknown outcome takes at most 15 s. */
const CREATE_TIMEOUT_MS = 9_000;
/** Fly's lists lag behind creates; flyctl waits as well before it looks. */
const DEFAULT_SETTLE_MS = 1_000;
/** `already_exists: unique machine name violation, machine ID X already exists with name "N"`. */
const NAME_HELD = /unique machine name|already exists with name|already_exists/i;
const HOLDER_ID = /machine ID ([A-Za-z0-9_-]{1,64})/i;

export type FlyLauncherParts = { client: FlyClient; reader: FlyReader; settleMs?: number | undefined };
type Launched = { machine: Machine; adopted: boolean };
type Launch = { reader: FlyReader; credentials: FlyCredentials; spec: MachineSpec };

const isOfAttempt = (machine: Machine, spec: MachineSpec): boolean =>
  machine.taskId === spec.taskId && machine.attempt === spec.attempt;

/** A live machine wins over one that is gone: both are answered, because a name may be used again. */
const pickAttempt = (machines: Machine[], spec: MachineSpec): Machine | null => {
  const own = machines.filter((machine) => isOfAttempt(machine, spec));
  return own.find((machine) => machine.state !== "destroyed") ?? own[0] ?? null;
};

/** The name is held: by this attempt (adopt), by something else (reject), or no longer (try again). */
async function adoptHolder({ reader, credentials, spec }: Launch, errorText: string): Promise<Launched> {
  const id = HOLDER_ID.exec(errorText)?.[1];
  const named = id === undefined ? null : await reader.get(credentials, id);
  const holder = named?.name === spec.name ? named : null;
  if (holder !== null && isOfAttempt(holder, spec)) return { machine: holder, adopted: true };
  const own = holder === null ? pickAttempt(await reader.findByTask(credentials, spec.taskId), spec) : null;
  if (own !== null) return { machine: own, adopted: true };
  const stranger = holder ?? (await reader.listLive(credentials)).find((machine) => machine.name === spec.name) ?? null;
  if (stranger === null) {
    throw new MachineError({ kind: "unavailable", message: `Fly: the name ${spec.name} was held and is free again` });
  }
  const message = `Fly: the name ${spec.name} is held by machine ${stranger.id}, which does not belong to this attempt`;
  throw new MachineError({ kind: "rejected", failureCode: "machine_rejected", message });
}

/** The create may have happened: looks once. Not finding it proves nothing, because the list lags. */
async function lookForLaunch({ reader, credentials, spec }: Launch, why: string, settleMs: number): Promise<Launched> {
  await sleepFor(settleMs);
  let found: Machine | null = null;
  let cause: unknown;
  try {
    found = pickAttempt(await reader.findByTask(credentials, spec.taskId), spec);
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    cause = error;
  }
  if (found !== null) return { machine: found, adopted: true };
  throw new MachineError({ kind: "unknown_outcome", message: `Fly: ${why}; the machine may or may not exist` }, cause);
}

/** A string says why there was no answer. */
async function create(client: FlyClient, credentials: FlyCredentials, spec: MachineSpec): Promise<FlyAnswer | string> {
  const secrets = [taskFileValue(spec), spec.taskFile];
  try {
    const body = flyCreateBody(spec);
    return await client(credentials, {
      method: "POST",
      path: "/machines",
      body,
      timeoutMs: CREATE_TIMEOUT_MS,
      secrets,
    });
  } catch (error) {
    if (!(error instanceof FlyUnreachableError)) throw error;
    return error.message;
  }
}

/** What an answer that is no machine leads to. 408 and 5xx: flyctl, too, treats them as "perhaps created". */
async function settleRefusal(launch: Launch, answer: FlyAnswer, settleMs: number): Promise<Launched> {
  const failure = failureOf(answer);
  const { status, errorText } = answer;
  if (failure.kind !== "capacity" && (status === 409 || (status === 422 && NAME_HELD.test(errorText)))) {
    return adoptHolder(launch, errorText);
  }
  if (failure.kind === "unavailable") return lookForLaunch(launch, errorText, settleMs);
  throw new MachineError(failure);
}

/** `MachineProvider.launch` for Fly, where only the unique name makes a create safe to repeat. */
export function createFlyLauncher({ client, reader, settleMs = DEFAULT_SETTLE_MS }: FlyLauncherParts) {
  return async (credentials: FlyCredentials, spec: MachineSpec): Promise<Launched> => {
    requireSendable(credentials);
    const launch: Launch = { reader, credentials, spec };
    const answer = await create(client, credentials, spec);
    if (typeof answer === "string") return lookForLaunch(launch, answer, settleMs);
    if (answer.status < 200 || answer.status >= 300) return settleRefusal(launch, answer, settleMs);
    const machine = flyMachineSchema.safeParse(answer.body);
    if (!machine.success) return lookForLaunch(launch, "the answer to the create could not be read", settleMs);
    return { machine: toMachine(machine.data), adopted: false };
  };
}
