import { startupCheckSchema, type StartupCheck } from "../lib/operator.ts";
import { callOperator, type OperatorTarget } from "./operator-call.ts";

type Line = StartupCheck["checks"][number];

function show({ name, ok, required, message, fix }: Line): string[] {
  const mark = ok ? "✓" : required ? "✗" : "!";
  const said = message === undefined ? "" : `  ${message}`;
  return [`${mark} ${name.padEnd(14)}${said}`, ...(fix == null || ok ? [] : [`  fix: ${fix}`])];
}

/** Every part of a running Porter as lines for people; `explained` when it took the token and said why. Throws. */
export async function examinePorter(
  target: OperatorTarget,
): Promise<{ ok: boolean; explained: boolean; lines: string[] }> {
  const { json } = await callOperator(target, { method: "GET", path: "/api/startup/check" });
  const parsed = startupCheckSchema.safeParse(json);
  if (!parsed.success) throw new Error(`${target.url} answered something else than a startup check: is this a Porter?`);
  const { ok, checks } = parsed.data;
  const explained = checks.every((check) => check.ok || check.message !== undefined);
  return { ok, explained, lines: checks.flatMap(show) };
}
