import { answerAs } from "@/server/entry/next-routes";
import { handleTrpc } from "@/server/trpc/handle-trpc";

const answer = (request: Request): Promise<Response> => answerAs(request, (context) => handleTrpc(request, context));

export { answer as GET, answer as POST, answer as PUT, answer as PATCH, answer as DELETE };
