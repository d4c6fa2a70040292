import { z } from "zod";
import { type Listed, writePeople } from "../../lib/people.ts";
import { githubOrigins } from "./app.ts";
import { SetupError, reasonOf } from "./setup-error.ts";
import { type SetupContext, requireKnown, type SetupStep } from "./step.ts";

const FILE = "people.json";
const keptSchema = z.object({ asked: z.string(), list: z.string() });
const accountSchema = z.object({ id: z.number().int().positive(), login: z.string().min(1), type: z.string() });

/** Who may use this Porter: names are looked up once, for the numbers that stay when a name passes to somebody else. */
export const peopleStep: SetupStep = {
  name: "people",
  plan: async (installation) => {
    const { people } = installation.choices;
    if (people === undefined) return { there: "the owner of the App (others: --people you,your-organisation)" };
    const kept = keptList(installation);
    if (kept !== undefined) return { there: kept };
    const make = async (): Promise<string> => {
      const logins = people.split(",");
      const list = writePeople(await Promise.all(logins.map((login) => lookUp(installation, login))));
      installation.folder.write(FILE, { asked: people, list });
      return list;
    };
    return { will: `look ${people} up on GitHub`, make };
  },
};

function keptList({ choices, folder }: Pick<SetupContext, "choices" | "folder">): string | undefined {
  if (choices.people === "everybody") return choices.people;
  const kept = folder.read(FILE, keptSchema);
  return kept?.asked === choices.people ? kept?.list : undefined;
}

/** The variable of the Worker: as chosen, else the App's owner. */
export function peopleOf(installation: SetupContext): string {
  if (installation.choices.people !== undefined) return keptList(installation) ?? "";
  const { id, login, type } = requireKnown(installation, "app").owner;
  return writePeople([listed({ id, login, type })]);
}

/** Whether the App has to be able to ask who belongs to an organisation. */
export const namesOrganization = ({ choices, folder }: Pick<SetupContext, "choices" | "folder">): boolean =>
  choices.people === undefined
    ? choices.organization !== undefined
    : keptList({ choices, folder })?.includes("organization:") === true;

const listed = ({ id, login, type }: z.output<typeof accountSchema>): Listed => ({
  kind: type === "Organization" ? "organization" : "user",
  id,
  login,
});

async function lookUp({ choices }: SetupContext, login: string): Promise<Listed> {
  const { apiUrl } = githubOrigins(choices);
  const answer = await fetch(`${apiUrl}/users/${encodeURIComponent(login)}`, {
    headers: { accept: "application/vnd.github+json" },
    signal: AbortSignal.timeout(30_000),
  }).catch((error: unknown) => {
    throw new SetupError(`GitHub does not answer: ${reasonOf(error)}`, "run set-up again later");
  });
  if (answer.status === 404)
    throw new SetupError(`GitHub knows nobody called ${login}`, "run set-up again with --people and the right names");
  if (!answer.ok) throw new SetupError(`GitHub answered ${answer.status} about ${login}`, "run set-up again later");
  return listed(accountSchema.parse(await answer.json()));
}
