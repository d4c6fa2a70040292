import { answerAs } from "@/server/entry/next-routes";
import { handleRest } from "@/server/rest/handle-rest";

/** The one path under `/api/auth/` that is a procedure: the sign-in routes beside it would take it. */
const answer = (request: Request): Promise<Response> => answerAs(request, (context) => handleRest(request, context));

export { answer as GET, answer as POST, answer as PUT, answer as PATCH, answer as DELETE };
