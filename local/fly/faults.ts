import { z } from "zod";

const effectFields = {
  /** Answer this instead of doing the work; with `executeThenDrop` the work is done and no answer comes. */
  status: z.number().int().min(400).max(599).optional(),
  body: z.unknown().optional(),
  delayMs: z.number().int().min(0).max(120_000).optional(),
  /** The ambiguous outcome: the request is carried out, then the connection breaks. */
  executeThenDrop: z.boolean().optional(),
  /** Creates only: the machine stays in `created` and never boots. */
  stuckInCreated: z.boolean().optional(),
  /** Creates only: so long the machine is `created`, as a real one while its image is fetched. */
  imagePullMs: z.number().int().min(0).max(900_000).optional(),
};
export const faultEffectSchema = z.object(effectFields);
export type FaultEffect = z.infer<typeof faultEffectSchema>;

/** In `path`, one star stands for one part and two for any rest. */
export const faultRuleSchema = z.object({
  match: z
    .object({ method: z.string().optional(), path: z.string().optional(), region: z.string().optional() })
    .default({}),
  ...effectFields,
  /** How often it strikes; absent: for ever. */
  times: z.number().int().min(1).optional(),
  probability: z.number().min(0).max(1).optional(),
  seed: z.number().int().default(1),
});
export type FaultRuleInput = z.input<typeof faultRuleSchema>;

type ActiveRule = { rule: z.infer<typeof faultRuleSchema>; left: number; random: () => number; path: RegExp | null };
export type FaultRequest = { method: string; path: string; region: string | undefined };
export type Faults = {
  set(rules: FaultRuleInput[]): void;
  add(rule: FaultRuleInput): void;
  /** The effect of the first rule that strikes this request, or null; counts it. */
  strike(request: FaultRequest): FaultEffect | null;
};

/** Scripted and seeded faults: the same rules and the same order of requests give the same failures. */
export function createFaults(initial: FaultRuleInput[] = []): Faults {
  let active: ActiveRule[] = initial.map(activate);
  return {
    set(rules) {
      active = rules.map(activate);
    },
    add(rule) {
      active.push(activate(rule));
    },
    strike(request) {
      for (const entry of active) {
        if (entry.left <= 0 || !matches(entry, request)) continue;
        if (entry.rule.probability !== undefined && entry.random() >= entry.rule.probability) continue;
        entry.left -= 1;
        return entry.rule;
      }
      return null;
    },
  };
}

/** Fly's answer when a region is full. */
export const capacityFault = (region: string): FaultRuleInput => ({
  match: { method: "POST", path: "/v1/apps/*/machines", region },
  status: 503,
  body: {
    error: `insufficient resources available to fulfill request: no hosts with enough capacity in ${region}`,
    status: "insufficient_capacity",
  },
});

function activate(input: FaultRuleInput): ActiveRule {
  const rule = faultRuleSchema.parse(input);
  const path = rule.match.path === undefined ? null : pathPattern(rule.match.path);
  return { rule, left: rule.times ?? Number.POSITIVE_INFINITY, random: mulberry32(rule.seed), path };
}

function matches({ rule, path }: ActiveRule, request: FaultRequest): boolean {
  if (rule.match.method !== undefined && rule.match.method.toUpperCase() !== request.method) return false;
  if (rule.match.region !== undefined && rule.match.region !== request.region) return false;
  return path === null || path.test(request.path);
}

function pathPattern(path: string): RegExp {
  const escaped = path.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("**", "\0").replaceAll("*", "[^/]+").replaceAll("\0", ".*")}$`);
}

/** A small seeded generator of numbers in [0, 1). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
