import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { z } from "zod";
import { type Actor, type Answer, type Exchange, isRecord, json, parseJson, problem } from "./exchange.ts";
import { createCommitOnBranch } from "./graphql-commits.ts";
import { GraphqlError } from "./graphql-error.ts";
import { updateRefs } from "./graphql-refs.ts";
import { route, type Route } from "./routes.ts";
import type { World } from "./world.ts";

const bodySchema = z.looseObject({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });

/** One mutation with its input as a variable: all that Porter sends. */
const mutationPattern = /^\s*mutation\b[^{]*\{\s*(?:(\w+)\s*:\s*)?(\w+)\s*\(\s*input\s*:\s*\$(\w+)\s*\)/;

type Mutation = (world: World, actor: Actor, input: unknown) => Promise<Record<string, unknown>>;
const mutations: Record<string, { input: string; carryOut: Mutation }> = {
  updateRefs: { input: "UpdateRefsInput", carryOut: updateRefs },
  createCommitOnBranch: { input: "CreateCommitOnBranchInput", carryOut: createCommitOnBranch },
};

/** GitHub's published inputs; `reduce-graphql.ts` makes the file. */
const published = parseJson(readFileSync(new URL("./graphql-subset.json", import.meta.url)));
const ajv = new Ajv({ strict: false, allErrors: true });

/** The mutations of GitHub's GraphQL that Porter uses. An answer has the whole payload, whatever was selected. */
export function graphqlRoutes(world: World): Route[] {
  return ["/graphql", "/api/graphql"].map((path) => route("POST", path, (exchange) => answer(world, exchange)));
}

async function answer(world: World, exchange: Exchange): Promise<Answer> {
  if (exchange.actor.kind === "anonymous") return problem(401, "This endpoint requires you to be authenticated.");
  const { data } = bodySchema.safeParse(parseJson(exchange.body));
  const [, alias, field = "", variable = ""] = mutationPattern.exec(data?.query ?? "") ?? [];
  const mutation = mutations[field];
  if (mutation === undefined) return failed({ message: "The local GitHub has no such field" });
  const input = data?.variables?.[variable];
  const definitions = isRecord(published) ? published.definitions : {};
  const validate = ajv.compile({ definitions, $ref: `#/definitions/${mutation.input}` });
  if (!validate(input)) {
    const message = `Variable $${variable} of type ${mutation.input}! was provided invalid value: ${ajv.errorsText(validate.errors)}`;
    return failed({ message, extensions: { value: input ?? null, problems: [] } });
  }
  const name = alias ?? field;
  try {
    return json(200, { data: { [name]: await mutation.carryOut(world, exchange.actor, input) } });
  } catch (error) {
    if (!(error instanceof GraphqlError)) throw error;
    const { type, message } = error;
    return json(200, {
      data: { [name]: null },
      errors: [{ type, path: [name], locations: [{ line: 1, column: 1 }], message }],
    });
  }
}

/** A request that GitHub does not even begin. */
const failed = (error: Record<string, unknown>): Answer => json(200, { errors: [error] });
