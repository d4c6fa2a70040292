import { join } from "node:path";
import { ROOT } from "./root.ts";

const folder = join(ROOT, ".open-next", "porter");

/** What `npm run build` leaves for a run on this machine. */
export const BUILT = {
  folder,
  /** The Worker as wrangler would upload it. */
  worker: join(folder, "worker.js"),
  /** Its bindings out of wrangler.toml, as the emulator takes them. */
  options: join(folder, "options.json"),
};
