import { contextOf } from "@/app/request-context";
import { handleRest } from "@/server/rest/handle-rest";

/** The spec's REST paths; Next gives the auth, trpc, webhook and callback routes precedence over this one. */
const answer = async (request: Request): Promise<Response> => handleRest(request, await contextOf(request));

export { answer as GET, answer as POST, answer as PUT, answer as PATCH, answer as DELETE };
