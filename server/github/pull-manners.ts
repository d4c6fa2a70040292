import { z } from "zod";
import { clipText } from "@/lib/markdown/invisible";
import { askRepository } from "@/server/github/graphql";
import type { GitHubRepository } from "@/server/github/port";
import type { RepositoryCalls } from "@/server/github/repository-calls";

/** Both in one question. GitHub finds templates wherever it lets them lie, whatever case their names are in. */
const FIELDS = `pullRequestTemplates { filename body }
  pullRequests(states: MERGED, first: 40, orderBy: { field: CREATED_AT, direction: DESC }) {
    nodes { title author { __typename } }
  }`;

const answerSchema = z.object({
  pullRequestTemplates: z.array(z.object({ filename: z.string().nullish(), body: z.string().nullish() })).nullish(),
  pullRequests: z.object({
    nodes: z.array(z.object({ title: z.string(), author: z.object({ __typename: z.string() }).nullish() }).nullable()),
  }),
});
type Template = { filename?: string | null | undefined; body?: string | null | undefined };

const MANY = 20;
/** A longer template is none that people fill in. */
const LONGEST_TEMPLATE = 20_000;

/** The one that new pull requests begin with: where several lie in a folder, people choose, and nobody does here. */
function templateOf(templates: readonly Template[]): string | null {
  const written = templates.flatMap(({ filename, body }) =>
    body == null || body.trim() === "" ? [] : [{ name: filename ?? "", body }],
  );
  const first = written.find(({ name }) => /^pull_request_template(?:\.[a-z]+)?$/i.test(name.split("/").at(-1) ?? ""));
  const template = first ?? (written.length === 1 ? written[0] : undefined);
  return template === undefined ? null : clipText(template.body, LONGEST_TEMPLATE);
}

export const createPullManners = ({
  client,
  token,
  repository,
}: RepositoryCalls): Pick<GitHubRepository, "pullManners"> => ({
  async pullManners() {
    const { owner, name } = repository;
    const answer = await askRepository({ client, token, schema: answerSchema }, { owner, name, fields: FIELDS });
    const people = answer.pullRequests.nodes.filter((pull) => pull !== null && pull.author?.__typename !== "Bot");
    const titles = people.slice(0, MANY).flatMap((pull) => pull?.title ?? []);
    return { titles, template: templateOf(answer.pullRequestTemplates ?? []) };
  },
});
