import { parseArgs } from "node:util";
import { parseJson } from "../lib/json.ts";

/** Which Porter a maintenance command speaks to, and as whom. */
export type OperatorTarget = { url: string; token: string | null };

/** A sentence for people; the command ends with it and with code 2. */
export class Usage extends Error {
  override name = "Usage";
}

/**
 * From `--url`, or PUBLIC_URL; the token only from OPERATOR_TOKEN, so that no process list shows it. `--env-file`
 * names a file with both.
 */
export function readTarget(args: string[]): OperatorTarget {
  const { values } = parseArgs({ args, options: { url: { type: "string" }, "env-file": { type: "string" } } });
  if (values["env-file"] !== undefined) process.loadEnvFile(values["env-file"]);
  const url = values.url ?? process.env.PUBLIC_URL;
  if (url === undefined || !URL.canParse(url))
    throw new Usage("Say which Porter: --url https://…, or PUBLIC_URL in the environment or in --env-file.");
  return { url: url.replace(/\/+$/, ""), token: process.env.OPERATOR_TOKEN ?? null };
}

const TIMEOUT_MS = 30_000;

/** JSON of Porter's answer with its status. Throws a sentence when there is none. */
export async function callOperator(
  target: OperatorTarget,
  request: { method: "GET" | "POST"; path: string; body?: Record<string, unknown> },
): Promise<{ status: number; json: unknown }> {
  const { method, path, body } = request;
  const answer = await fetch(target.url + path, {
    method,
    headers: {
      accept: "application/json",
      ...(target.token === null ? {} : { authorization: `Bearer ${target.token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? null : JSON.stringify(body),
    // A token goes to the host that was named, and to no other.
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new Error(`${target.url} does not answer: ${error instanceof Error ? error.message : String(error)}`);
  });
  const text = await answer.text();
  const json = parseJson(text);
  if (json === undefined)
    throw new Error(`${target.url}${path} answered ${answer.status} and no JSON: is this a Porter?`);
  return { status: answer.status, json };
}

/** Runs a command's work: its result is the exit code; a failure is one sentence and code 1, wrong usage 2. */
export async function runCommand(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = error instanceof Usage ? 2 : 1;
  }
}
