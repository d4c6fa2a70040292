import { z } from "zod";
import type { LocalFlyAnswer } from "./answers.ts";
import { capacityFault, faultRuleSchema, type Faults } from "./faults.ts";
import type { Fleet } from "./fleet.ts";

const capacitySchema = z.object({ fullRegions: z.array(z.string()) });
const breakSchema = z.object({ break: z.enum(["oom", "vanish"]) });

/** The test's side door under `/_control/`; nothing of it exists at Fly. */
export async function answerFlyControl(
  request: { method: string; path: string; body: unknown },
  context: { fleet: Fleet; faults: Faults },
): Promise<LocalFlyAnswer> {
  const done: LocalFlyAnswer = { status: 200, body: { ok: true } };
  const [, what, id] = request.path.split("/").filter(Boolean);
  const key = `${request.method} ${what ?? ""}`;
  if (key === "GET machines") return { status: 200, body: context.fleet.records() };
  if (key === "POST faults") {
    context.faults.add(faultRuleSchema.parse(request.body));
    return done;
  }
  if (key === "DELETE faults") {
    context.faults.set([]);
    return done;
  }
  if (key === "POST capacity") {
    context.faults.set(capacitySchema.parse(request.body).fullRegions.map(capacityFault));
    return done;
  }
  const machine = context.fleet.records().find((candidate) => candidate.id === id);
  if (key === "POST machines" && machine) {
    await context.fleet.find(machine.app, machine.id)?.break(breakSchema.parse(request.body).break);
    return done;
  }
  return { status: 404, body: { error: "no such control" } };
}
