// Every run that did not end well, said again as it was recorded (local/streams), and what waits for its person; asked
// for by people of their own, in a repository of their own.
import { type AgentId, DEFAULT_AGENT } from "../../lib/agents.ts";
import type { Seed } from "../../local/github/seed.ts";
import { ENDINGS as RECORDED } from "../../local/streams/endings.ts";
import { EXPECTED } from "../../local/streams/expected.ts";
import type { Scene } from "./cast.ts";

/** What a person has given to Porter before the comment. */
export type Equipment = "everything" | "wrong_fly_token" | "no_account";
export type PicturedEnding = Scene & { agent: AgentId; who: string; has: Equipment; isStopped: boolean };

export const ENDINGS_OWNER = "ada";
export const ENDINGS_REPOSITORY = `${ENDINGS_OWNER}/abacus`;
/** A key that is refused or spent has every later task of its person wait: each of them has a person of its own. */
const REFUSED = ["grace", "edsger", "margaret", "donald", "radia", "hedy", "dennis", "frances", "niklaus"];

const scene = (
  story: string,
  of: { title: string; agent?: AgentId; who?: string; has?: Equipment },
): PicturedEnding => ({
  repo: ENDINGS_REPOSITORY,
  story,
  title: of.title,
  comment: `@porter ${of.agent ?? DEFAULT_AGENT}`,
  agent: of.agent ?? DEFAULT_AGENT,
  who: of.who ?? ENDINGS_OWNER,
  has: of.has ?? "everything",
  isStopped: RECORDED.some(({ name, stop }) => name === story && stop !== undefined),
});

const endsWell = (name: string): boolean => EXPECTED[name]?.state === "done";
const waits = (name: string): boolean => EXPECTED[name]?.state === "blocked";
const recorded = RECORDED.filter(({ name }) => !endsWell(name));
const refused = recorded.filter(({ name }) => waits(name));

export const ENDINGS: PicturedEnding[] = [
  ...recorded.map(({ name, about, agent }) => {
    const who = waits(name) ? REFUSED[refused.findIndex((one) => one.name === name)] : undefined;
    const title = `${about.replace(/\.$/, "")} (${agent})`;
    return scene(name, { title, agent, ...(who === undefined ? {} : { who }) });
  }),
  scene("wrong-fly-token", { title: "Fly refuses the token", who: "barbara", has: "wrong_fly_token" }),
  scene("no-account", { title: "Nobody knows this person yet", who: "alan", has: "no_account" }),
];

const people = [...new Set(ENDINGS.map(({ who }) => who))];
export const ENDINGS_SEED: Required<Pick<Seed, "users" | "repositories" | "installations">> = {
  users: people.map((login) => ({ login })),
  installations: [{ account: ENDINGS_OWNER }],
  repositories: [
    {
      owner: ENDINGS_OWNER,
      name: "abacus",
      description: "Where runs end as they were recorded",
      issues: ENDINGS.map(({ title, story }) => ({ title, body: `${title}.\n\n[story: ${story}]\n` })),
      collaborators: people
        .filter((login) => login !== ENDINGS_OWNER)
        .map((login) => ({ login, permission: "push" as const })),
    },
  ],
};
