import { composeFromNext } from "@/server/composition/compose-next";
import { type AppContext, withActor } from "@/server/context";
import { answerOrProblem } from "@/server/http-errors";
import { currentActor } from "@/server/auth/session-cookie";

/** The answer of a route handler, which is told who sent the request. Whatever fails is answered as a problem. */
export async function answerAs(request: Request, work: (context: AppContext) => Promise<Response>): Promise<Response> {
  const context = await composeFromNext();
  const where = { method: request.method, path: new URL(request.url).pathname };
  return answerOrProblem({ log: context.log, where }, async () =>
    work(withActor(context, await currentActor(context, request.headers))),
  );
}
