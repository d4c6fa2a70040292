import { answerHotPath } from "@/server/entry/next-routes";

/** The second door of `server/entry/hot-paths.ts`: `next dev` has no worker in front of it. */
export {
  answerHotPath as GET,
  answerHotPath as HEAD,
  answerHotPath as OPTIONS,
  answerHotPath as POST,
  answerHotPath as PUT,
  answerHotPath as PATCH,
  answerHotPath as DELETE,
};
