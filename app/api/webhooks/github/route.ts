import { answerHotPath } from "@/server/hot-paths-next";

/** The second door of `server/hot-paths.ts`: `next dev` has no worker in front of it. */
export const POST = answerHotPath;
