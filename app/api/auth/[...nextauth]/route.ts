import { handleAuth } from "@/server/auth/handle-auth";
import { composeFromNext } from "@/server/composition/compose-next";

const answer = async (request: Request): Promise<Response> => handleAuth(request, await composeFromNext());

export { answer as GET, answer as POST, answer as PUT, answer as PATCH, answer as DELETE };
