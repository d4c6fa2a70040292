export { LiveHub } from "@/server/live/live-hub";

/** Main module of the workers tests: they need its bindings, never its answers. */
export default {
  fetch: (): Response => new Response("the test worker serves nothing", { status: 404 }),
};
