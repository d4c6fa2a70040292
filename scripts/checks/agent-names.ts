// A rule of oxlint's. What there is to know of an agent stands in its manifest and its folder; elsewhere a comparison with
// its name would be forgotten for the next one. Words of documents and comments are free.
import { AGENT_IDS, AGENTS, namesOf } from "../../lib/agents.ts";
import { PROVIDER_IDS } from "../../lib/providers.ts";
import { ROOT } from "./command.ts";
import type { Node, LintRule, Visitor } from "./lint-types.ts";
import { nameOf, textOf } from "./own-text.ts";

const SAYS = "an agent's name outside its manifest: ask the manifest (lib/agents.ts) for what is meant";

/** The manifests and the lists of what each agent has. */
const THEIR_OWN = /^lib\/agents(?:\.ts$|\/)|^agent-image\/runner\/agents\//;
/** Names of models, which begin like an agent's. */
const OF_MODELS = /^lib\/model-family\.ts$/;
/** Tests, trials of the whole, what people say in pictures, and what documents list of attacks. */
const SPOKEN =
  /\.(?:test|spec)\.tsx?$|(?:^|\/)testing\/|^(?:bench|e2e)\/|^local\/trial\/|^scripts\/(?:pictures|security\/abuses)\/|^scripts\/checks\/planted-/;
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

const isImport = ({ parent }: Node): boolean => /^(?:Import|Export)/.test(parent?.type ?? "");

export const agentNames: LintRule = {
  create({ filename, report }): Visitor {
    const path = filename.slice(ROOT.length + 1).replaceAll("\\", "/");
    if (THEIR_OWN.test(path) || OF_MODELS.test(path) || SPOKEN.test(path)) return {};
    const pattern = OF_PROVIDERS.test(path) ? NO_PROVIDERS : ANY;
    const look = (node: Node, text: string | null): void => {
      if (text !== null && pattern.test(text)) report({ node, message: SAYS });
    };
    return {
      Literal: (node) => {
        if (!isImport(node)) look(node, textOf(node));
      },
      TemplateElement: (node) => look(node, textOf(node)),
      JSXText: (node) => look(node, typeof node.value === "string" ? node.value : null),
      MemberExpression: (node) => {
        if (node.computed !== true) look(node, nameOf(node.property));
      },
      Property: (node) => {
        if (node.computed !== true) look(node, nameOf(node.key));
      },
      TSPropertySignature: (node) => {
        if (node.computed !== true) look(node, nameOf(node.key));
      },
    };
  },
};
