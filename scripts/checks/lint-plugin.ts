// A plugin of oxlint (.oxlintrc.json).
import { agentNames } from "./agent-names.ts";
import { everydayNames } from "./everyday-names.ts";
import { ownWords } from "./own-words.ts";

export default {
  meta: { name: "porter" },
  rules: { "agent-names": agentNames, "everyday-names": everydayNames, "own-words": ownWords },
};
