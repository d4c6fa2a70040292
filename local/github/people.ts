import { z } from "zod";
import { authorizationOf } from "./access.ts";
import { jsonAnswer, problemAnswer } from "./exchange.ts";
import { parameterOf, defineRoute, type HttpRoute } from "./routes.ts";
import type { GitHubWorld } from "./world.ts";

const personSchema = z.looseObject({ id: z.number() });

/** A person by their number, which stays when they take another login. The emulator knows people by login alone. */
export function peopleRoutes(world: GitHubWorld): HttpRoute[] {
  return [
    defineRoute("GET", "/user/:id(\\d+)", async ({ actor }, parameters) => {
      const wanted = Number(parameterOf(parameters, "id"));
      for (const { login } of world.seed.users) {
        const path = `/users/${encodeURIComponent(login)}`;
        const person = await world.emulator.read(personSchema, path, authorizationOf(actor));
        if (person?.id === wanted) return jsonAnswer(200, person);
      }
      return problemAnswer(404, "Not Found");
    }),
  ];
}
