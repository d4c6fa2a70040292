/** Faults of machines and networks, for which Porter starts another attempt by itself (setting `maxRetries`). */
export const LOSSES = {
  machine_capacity: "Fly had no capacity.",
  machine_lost: "The machine disappeared while the task ran.",
  machine_never_started: "The machine did not start in time.",
  runner_crashed: "The program that runs the agent crashed.",
  not_handed_out: "The machine started, but Porter did not give it the task.",
} as const;
export type Loss = keyof typeof LOSSES;
export const LOSS_CODES = Object.keys(LOSSES) as [Loss, ...Loss[]];
export const isLoss = (code: string): code is Loss => Object.hasOwn(LOSSES, code);
