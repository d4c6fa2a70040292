import { z } from "zod";
import { rulesIn, unavailableError } from "@/server/github/errors";
import { GRAPHQL_PATH, type GitHubClient } from "@/server/github/github-client";
import { GitHubError } from "@/server/github/port";
import type { GitHubFailure } from "@/server/github/port";

const errorSchema = z.object({ type: z.string().optional(), message: z.string().default("") });
const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(errorSchema).default([]),
});

const QUESTION_MS = 10_000;

type Mutation = { name: string; input: Record<string, unknown>; fields: string; timeoutMs?: number };

type Sender<T> = { client: GitHubClient; token: string; schema: z.ZodType<T> };
type Sent = { name: string; query: string; variables: Record<string, unknown>; timeoutMs: number };

/** Runs one mutation; an input is sent as a variable alone. @throws GitHubError */
export function runMutation<T>(
  sender: Sender<T>,
  { name, input, fields, timeoutMs = QUESTION_MS }: Mutation,
): Promise<T> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`;
  const query = `mutation ($input: ${type}) { ${name}(input: $input) { ${fields} } }`;
  return send(sender, { name, query, variables: { input }, timeoutMs });
}

type Question = { owner: string; name: string; fields: string; variables?: Record<string, string> };

/** Asks for fields of one repository. @throws GitHubError */
export function askRepository<T>(sender: Sender<T>, { owner, name, fields, variables = {} }: Question): Promise<T> {
  const declared = ["owner", "name", ...Object.keys(variables)].map((each) => `$${each}: String!`).join(", ");
  const query = `query (${declared}) { repository(owner: $owner, name: $name) { ${fields} } }`;
  return send(sender, {
    name: "repository",
    query,
    variables: { ...variables, owner, name },
    timeoutMs: QUESTION_MS,
  });
}

async function send<T>({ client, token, schema }: Sender<T>, { name, timeoutMs, ...body }: Sent): Promise<T> {
  const call = { method: "POST", path: GRAPHQL_PATH, body, token, timeoutMs } as const;
  const { data, errors } = await client.get(answerSchema, call);
  const [first] = errors;
  if (first !== undefined) throw new GitHubError(failureOf(name, first));
  const read = schema.safeParse(data?.[name]);
  if (!read.success) throw unavailableError(`GitHub's answer to ${name} could not be read`);
  return read.data;
}

/** Errors come with status 200. Of what nobody has documented, nothing is taken for a passing trouble. */
function failureOf(name: string, { type, message }: z.infer<typeof errorSchema>): GitHubFailure {
  const text = `GitHub refused ${name} (${type ?? "no type"}): ${message.replace(/\s+/g, " ").trim().slice(0, 300)}`;
  switch (type) {
    case "NOT_FOUND":
      return { kind: "lost", reason: "not_found", message: text };
    case "FORBIDDEN":
    case "INSUFFICIENT_SCOPES":
      return { kind: "lost", reason: "permission", message: text };
    case "RATE_LIMITED":
      return { kind: "limited", retryAfterMs: 60_000, message: text };
    case "SERVICE_UNAVAILABLE":
    case "INTERNAL":
      return { kind: "unavailable", message: text };
    default: {
      const rules = rulesIn(message);
      const said = message.replace(/\s+/g, " ").trim().slice(0, 300);
      return {
        kind: "invalid",
        message: text,
        errors: [said],
        ...(rules === null ? {} : { refusedBy: { rules, secrets: [] } }),
      };
    }
  }
}
