import { answerStartupCheck } from "@/server/entry/next-routes";

/** Under `next dev`; `server/entry/worker.ts` answers it ahead of Next. */
export const GET = (request: Request): Promise<Response> => answerStartupCheck(request);
