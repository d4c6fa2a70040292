// A plugin of oxlint (.oxlintrc.json).
import { agentNames } from "./agent-names.ts";
import { everydayNames } from "./everyday-names.ts";
import { namedParameters } from "./named-parameters.ts";
import { ownWords } from "./own-words.ts";

export default {
  meta: { name: "porter" },
  rules: {
    "agent-names": agentNames,
    "everyday-names": everydayNames,
    "named-parameters": namedParameters,
    "own-words": ownWords,
  },
};
