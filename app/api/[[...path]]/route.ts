import { answerAs } from "@/server/entry/next-routes";
import { handleRest } from "@/server/rest/handle-rest";

/** The REST paths; Next gives the auth, trpc, webhook and callback routes precedence over this one. */
const answer = (request: Request): Promise<Response> => answerAs(request, (context) => handleRest(request, context));

export { answer as GET, answer as POST, answer as PUT, answer as PATCH, answer as DELETE };
