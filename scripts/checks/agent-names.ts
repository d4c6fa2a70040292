// A rule of oxlint's, and the same over data. What there is to know of an agent stands in its manifest and its folder;
// elsewhere a comparison with its name would be forgotten for the next one. Words of documents and comments are free.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AGENT_IDS, AGENTS, namesOf } from "../../lib/agents.ts";
import { PROVIDER_IDS } from "../../lib/providers.ts";
import { ROOT } from "./command.ts";
import type { Node, LintRule, Visitor } from "./lint-types.ts";
import { textOf } from "./own-text.ts";
import { filesUnder, ROOMS } from "./tree.ts";

const SAYS = "an agent's name outside its manifest: ask the manifest (lib/agents.ts) for what is meant";

/** The manifests and the lists of what each agent has. */
const THEIR_OWN = /^lib\/agents(?:\.ts$|\/)|^agent-image\/runner\/agents\//;
/** Names of models, which begin like an agent's. */
const OF_MODELS = /^lib\/model-family\.ts$/;
/** Tests, trials of the whole, what people say in pictures, and what documents list of attacks. */
const SPOKEN =
  /\.(?:test|spec)\.tsx?$|(?:^|\/)testing\/|^(?:bench|e2e)\/|^local\/trial\/|^scripts\/(?:pictures|security\/abuses)\/|^scripts\/checks\/planted-/;
/** The models that settings offer are those that one of the agents lists: this asks it for them. */
const ASKS_ONE = /^scripts\/refresh-models\.ts$/;
/** Data of others: models, what the image installs, recordings. */
const OTHERS_DATA = /^agent-image\/|^lib\/models\.json$|^scripts\/lock-stubs\.json$|^local\/streams\//;
/** Rows of providers, some of which are called like an agent. */
const OF_PROVIDERS = /^lib\/(?:providers|secret-owner|token-shapes|porter-config)\.ts$|^server\/providers\//;

const PROVIDERS: readonly string[] = PROVIDER_IDS;
const ALL = AGENT_IDS.flatMap((id) => [...namesOf(id), AGENTS[id].name, AGENTS[id].package]);
const escaped = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
const patternOf = (names: readonly string[]): RegExp => {
  const longestFirst = [...new Set(names)].toSorted((one, other) => other.length - one.length).map(escaped);
  // `claude-sonnet-5`, `opencode.json`, `.amp/` and `&amp;` are other names.
  return new RegExp(String.raw`(?<![\w@./&-])(?:${longestFirst.join("|")})(?![\w/]|-\w|\.\w)`, "iu");
};
const ANY = patternOf(ALL);
const NO_PROVIDERS = patternOf(ALL.filter((name) => !PROVIDERS.includes(name.toLowerCase())));

/** The way to an agent's own file or folder. */
const OWN_PATH = new RegExp(String.raw`(?:^|/)agents/(?:${ALL.map(escaped).join("|")})(?=[/.]|$)`, "iu");

const squeezed = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]/g, "");
const WORDS = new Set(ALL.map(squeezed));
/** Whether a name of code has an agent's in it, as a word, whatever its letters' size. */
function namesAgent(identifier: string, isProvider: (word: string) => boolean): boolean {
  const words = (identifier.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase());
  return words.some((word, index) =>
    [word, `${word}${words[index + 1] ?? ""}`].some((name) => WORDS.has(name) && !isProvider(name)),
  );
}

const isImport = ({ parent }: Node): boolean => /^(?:Import|Export)/.test(parent?.type ?? "");

export const agentNames: LintRule = {
  create({ filename, report }): Visitor {
    const path = filename.slice(ROOT.length + 1).replaceAll("\\", "/");
    if (THEIR_OWN.test(path) || OF_MODELS.test(path) || SPOKEN.test(path) || ASKS_ONE.test(path)) return {};
    const hasProviders = OF_PROVIDERS.test(path);
    const pattern = hasProviders ? NO_PROVIDERS : ANY;
    const look = (node: Node, text: string | null): void => {
      if (text !== null && pattern.test(text)) report({ node, message: SAYS });
    };
    const lookAtName = (node: Node): void => {
      const isProvider = (name: string): boolean => hasProviders && PROVIDERS.includes(name);
      if (namesAgent(node.name ?? "", isProvider)) report({ node, message: SAYS });
    };
    return {
      Identifier: lookAtName,
      PrivateIdentifier: lookAtName,
      Literal: (node) => {
        const text = textOf(node);
        if (!isImport(node)) look(node, text);
        if (text !== null && OWN_PATH.test(text)) report({ node, message: SAYS });
      },
      TemplateElement: (node) => look(node, textOf(node)),
      JSXText: (node) => look(node, typeof node.value === "string" ? node.value : null),
    };
  },
};

/** Lists and styles that know an agent by its name. */
export function agentsInData(): string[] {
  const files = ROOMS.flatMap(filesUnder).filter((path) => /\.(?:css|json)$/.test(path));
  return files
    .filter((path) => !OTHERS_DATA.test(path) && !THEIR_OWN.test(path) && !SPOKEN.test(path))
    .filter((path) => ANY.test(readFileSync(join(ROOT, path), "utf8")))
    .map((path) => `${path}: ${SAYS}`);
}
