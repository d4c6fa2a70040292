import type { EnvProblem } from "@/server/env";
import { readEnv } from "@/server/env";
import { describeError } from "@/server/log";

/** Every path but static files and the startup check answers so while Porter is half configured (rulings 35). */
export const notConfiguredResponse = (problems: EnvProblem[]): Response =>
  Response.json(
    {
      error: {
        code: "unavailable",
        message: `Porter is not configured: ${problems.map((problem) => `${problem.name}: ${problem.message}`).join("; ")}`,
        fix: "Set the named variables, then look at /api/startup/check.",
      },
    },
    { status: 503, headers: { "cache-control": "no-store", "retry-after": "60" } },
  );

type Check = { name: string; ok: boolean; fix: string | null };

/** `GET /api/startup/check` (spec "Ops / Health"): environment and D1, each green, or red with its fix. */
export async function startupCheck(bindings: { DB?: D1Database }): Promise<Response> {
  const env = readEnv(bindings);
  const checks: Check[] = [
    env.ok
      ? { name: "environment", ok: true, fix: null }
      : {
          name: "environment",
          ok: false,
          fix: env.problems.map((problem) => `${problem.name}: ${problem.message}`).join("; "),
        },
    await checkDatabase(bindings.DB),
  ];
  const ok = checks.every((check) => check.ok);
  return Response.json({ ok, checks }, { status: ok ? 200 : 503, headers: { "cache-control": "no-store" } });
}

async function checkDatabase(d1: D1Database | undefined): Promise<Check> {
  const name = "database";
  if (d1 === undefined) return { name, ok: false, fix: "Bind a D1 database as DB." };
  try {
    await d1.prepare("SELECT count(*) FROM tasks WHERE id = ''").first();
    return { name, ok: true, fix: null };
  } catch (error) {
    const isEmpty = describeError(error).includes("no such table");
    return { name, ok: false, fix: isEmpty ? "Apply the migrations: npm run migrate." : "D1 does not answer." };
  }
}
