import { z } from "zod";
import { authorizationOf } from "./access.ts";
import { json, problem } from "./exchange.ts";
import { parameter, route, type Route } from "./routes.ts";
import type { World } from "./world.ts";

const personSchema = z.looseObject({ id: z.number() });

/** A person by their number, which stays when they take another login. The emulator knows people by login alone. */
export function peopleRoutes(world: World): Route[] {
  return [
    route("GET", "/user/:id(\\d+)", async ({ actor }, parameters) => {
      const wanted = Number(parameter(parameters, "id"));
      for (const { login } of world.seed.users) {
        const path = `/users/${encodeURIComponent(login)}`;
        const person = await world.emulator.read(personSchema, path, authorizationOf(actor));
        if (person?.id === wanted) return json(200, person);
      }
      return problem(404, "Not Found");
    }),
  ];
}
