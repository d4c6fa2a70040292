import { DurableObject } from "cloudflare:workers";

export { LiveHub } from "@/server/live/live-hub";

/** Storage of the fault run (server/testing/faults): nothing calls it, its tests run inside of it. */
export class FaultStorage extends DurableObject {}

/** Main module of the workers tests: they need its bindings, never its answers. */
export default {
  fetch: (): Response => new Response("the test worker serves nothing", { status: 404 }),
};
