import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { z } from "zod";
import {
  type GitHubActor,
  type HttpAnswer,
  type HttpExchange,
  isRecord,
  jsonAnswer,
  parseJson,
  problemAnswer,
} from "./exchange.ts";
import { createCommitOnBranch } from "./graphql-commits.ts";
import { GraphqlError } from "./graphql-error.ts";
import { convertToDraft, markReady } from "./graphql-pulls.ts";
import { answerRepository } from "./graphql-questions.ts";
import { addReaction, resolveReviewThread } from "./graphql-reviews.ts";
import { updateRefs } from "./graphql-refs.ts";
import { defineRoute, type HttpRoute } from "./routes.ts";
import type { GitHubWorld } from "./world.ts";

const bodySchema = z.looseObject({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });

/** One mutation with its input as a variable: all that Porter sends. */
const mutationPattern = /^\s*mutation\b[^{]*\{\s*(?:(\w+)\s*:\s*)?(\w+)\s*\(\s*input\s*:\s*\$(\w+)\s*\)/;

/** One question about one repository, named by variables. */
const questionPattern =
  /^\s*query\b[^{]*\{\s*repository\s*\(\s*owner\s*:\s*\$owner\s*,\s*name\s*:\s*\$name\s*\)\s*\{([\s\S]*)\}\s*\}\s*$/;

type Mutation = (world: GitHubWorld, actor: GitHubActor, input: unknown) => Promise<Record<string, unknown>>;
const mutations: Record<string, { input: string; carryOut: Mutation }> = {
  updateRefs: { input: "UpdateRefsInput", carryOut: updateRefs },
  convertPullRequestToDraft: { input: "ConvertPullRequestToDraftInput", carryOut: convertToDraft },
  markPullRequestReadyForReview: { input: "MarkPullRequestReadyForReviewInput", carryOut: markReady },
  resolveReviewThread: { input: "ResolveReviewThreadInput", carryOut: resolveReviewThread },
  addReaction: { input: "AddReactionInput", carryOut: addReaction },
  createCommitOnBranch: { input: "CreateCommitOnBranchInput", carryOut: createCommitOnBranch },
};

/** GitHub's published inputs; `reduce-graphql.ts` makes the file. */
const published = parseJson(readFileSync(new URL("./graphql-subset.json", import.meta.url)));
const ajv = new Ajv({ strict: false, allErrors: true });

/** What Porter uses of GitHub's GraphQL. An answer has the whole payload, whatever was selected. */
export function graphqlRoutes(world: GitHubWorld): HttpRoute[] {
  return ["/graphql", "/api/graphql"].map((path) => defineRoute("POST", path, (exchange) => answer(world, exchange)));
}

async function answer(world: GitHubWorld, exchange: HttpExchange): Promise<HttpAnswer> {
  const { actor } = exchange;
  if (actor.kind === "anonymous") return problemAnswer(401, "This endpoint requires you to be authenticated.");
  const { data } = bodySchema.safeParse(parseJson(exchange.body));
  const [, alias, field = "", variable = ""] = mutationPattern.exec(data?.query ?? "") ?? [];
  const mutation = mutations[field];
  const [, selection] = questionPattern.exec(data?.query ?? "") ?? [];
  if (selection !== undefined) {
    const unknown = unknownField(selection);
    if (unknown !== null) return failed({ message: `Field '${unknown}' doesn't exist` });
    return carriedOut("repository", () => answerRepository(world, actor, { variables: data?.variables, selection }));
  }
  if (mutation === undefined) return failed({ message: "The local GitHub has no such field" });
  const input = data?.variables?.[variable];
  const definitions = isRecord(published) ? published.definitions : {};
  const validate = ajv.compile({ definitions, $ref: `#/definitions/${mutation.input}` });
  if (!validate(input)) {
    const message = `Variable $${variable} of type ${mutation.input}! was provided invalid value: ${ajv.errorsText(validate.errors)}`;
    return failed({ message, extensions: { value: input ?? null, problems: [] } });
  }
  return carriedOut(alias ?? field, () => mutation.carryOut(world, actor, input));
}

async function carriedOut(name: string, run: () => Promise<unknown>): Promise<HttpAnswer> {
  try {
    return jsonAnswer(200, { data: { [name]: await run() } });
  } catch (error) {
    if (!(error instanceof GraphqlError)) throw error;
    const { type, message } = error;
    return jsonAnswer(200, {
      data: { [name]: null },
      errors: [{ type, path: [name], locations: [{ line: 1, column: 1 }], message }],
    });
  }
}

/** The first field in the selection that GitHub's types do not have; null: they have them all. */
function unknownField(selection: string): string | null {
  const objects = z
    .record(z.string(), z.record(z.string(), z.string()))
    .parse(isRecord(published) ? published.objects : {});
  const inside = ["Repository"];
  let last = "";
  // Names that the question gives by itself, and the arguments, are no fields.
  const plain = selection.replace(/\([^)]*\)/g, "").replace(/\w+\s*:/g, "");
  for (const [token, type] of plain.matchAll(/\.\.\.\s*on\s+(\w+)|\w+|[{}]/g)) {
    if (type !== undefined) last = type;
    else if (token === "{") inside.push(last);
    else if (token === "}") inside.pop();
    else {
      const type = token === "__typename" ? "String" : objects[inside.at(-1) ?? ""]?.[token];
      if (type === undefined) return token;
      last = type;
    }
  }
  return null;
}

/** A request that GitHub does not even begin. */
const failed = (error: Record<string, unknown>): HttpAnswer => jsonAnswer(200, { errors: [error] });
