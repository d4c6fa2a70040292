import { contextOf } from "@/app/request-context";
import { handleTrpc } from "@/server/trpc/handle-trpc";

const answer = async (request: Request): Promise<Response> => handleTrpc(request, await contextOf(request));

export { answer as GET, answer as POST, answer as PUT, answer as PATCH, answer as DELETE };
