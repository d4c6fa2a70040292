import { contextOf } from "@/app/request-context";
import { handleRest } from "@/server/rest/handle-rest";

/** The one path under `/api/auth/` that is a procedure: the sign-in routes beside it would take it. */
const answer = async (request: Request): Promise<Response> => handleRest(request, await contextOf(request));

export { answer as GET, answer as POST, answer as PUT, answer as PATCH, answer as DELETE };
