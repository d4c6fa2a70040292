import { answerStartupCheck } from "@/server/hot-paths-next";

/** Under `next dev`; `server/worker.ts` answers it ahead of Next. */
export const GET = (request: Request): Promise<Response> => answerStartupCheck(request);
