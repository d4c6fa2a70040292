import type { IncomingMessage } from "node:http";
import type { AllowedCall, ProxiedProviderId } from "../provider-endpoints.ts";
import type { Reserved } from "./budget.ts";
import { passingHeaders, type Dialect } from "./dialects.ts";
import { type CallBounds, mostOf, type Price, priceOf } from "./prices.ts";
import { readBody } from "./read-body.ts";
import { UnreadableBody } from "./strict-json.ts";

export type RefusedModelCall = { is: "refused"; status: number; why: string };

/** A call of a model that may pass. */
export type ModelCall = {
  is: "call";
  model: string;
  dialect: Dialect;
  body: Record<string, unknown>;
  headers: Record<string, string>;
  takenOut: string[];
  asked: CallBounds;
};

export type CallRule = { provider: ProxiedProviderId; call: AllowedCall; mayCall: (model: string) => boolean };

/** Of a call that names no number: what opencode asks of a model that it does not know. */
const USUAL_OUTPUT = 32_000;

const refused = (status: number, why: string): RefusedModelCall => ({ is: "refused", status, why });

/**
 * Reads a call to its end and says whether it may pass. What is passed on is made of what was read here, so that nobody
 * can understand it otherwise. `pathModel`: where the path names the model.
 */
export async function readModelCall(
  request: IncomingMessage,
  rule: CallRule & { dialect: Dialect; pathModel: string | null },
): Promise<ModelCall | RefusedModelCall> {
  let given;
  try {
    given = await readBody(request);
  } catch (error) {
    if (error instanceof UnreadableBody) return refused(error.status, error.message);
    return refused(400, "The body broke off.");
  }
  const { dialect } = rule;
  const read = dialect.read(given.value);
  if (read.is === "refused") return refused(403, read.why);
  const model = rule.pathModel ?? read.call.model ?? "";
  if (!rule.mayCall(model))
    return refused(
      403,
      `This run may not use the model "${model.slice(0, 100)}": only its own, and its agent's small one.`,
    );
  const { kept, takenOut } = passingHeaders(request.headers);
  const price = priceOf(rule.provider, model);
  const output = Math.min(dialect.mostTokens(read.call.body) ?? USUAL_OUTPUT, price.mostOutput);
  return {
    is: "call",
    model,
    dialect,
    body: rule.call.billed ? dialect.withMostTokens(read.call.body, output) : read.call.body,
    headers: kept,
    takenOut: [...read.call.takenOut, ...takenOut],
    asked: { bytes: given.bytes, output, price },
  };
}

/** Room to say something, however little is left. */
const LEAST_OUTPUT = 4096;
/** A guess for what is left; what is reserved counts every byte. */
const BYTES_PER_TOKEN = 4;

/** The call with no more output than what its budget has left can pay. */
export function withinBudget(call: ModelCall, { left }: Reserved): ModelCall {
  if (left === null || mostOf(call.asked) <= left) return call;
  const forOutput = left - (call.asked.bytes / BYTES_PER_TOKEN) * inputRate(call.asked.price);
  const affordable = Math.floor(forOutput / Math.max(call.asked.price.rates.output, Number.EPSILON));
  const output = Math.min(call.asked.output, Math.max(LEAST_OUTPUT, affordable));
  return { ...call, asked: { ...call.asked, output }, body: call.dialect.withMostTokens(call.body, output) };
}

const inputRate = ({ rates }: Price): number => rates.input;
