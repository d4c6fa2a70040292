import fc from "fast-check";
import { expect, it } from "vitest";
import { questionAtEnd } from "./question.ts";

it.each([
  ["Which database do you want?", "Which database do you want?"],
  [
    "There are two.\n\nWhich one do you mean, the **blue** or the **red** one?",
    "Which one do you mean, the **blue** or the **red** one?",
  ],
  ["I looked at it.\n\n**Should I delete the old files?**", "**Should I delete the old files?**"],
  ["Which one should it be?\n\n1. SQLite\n2. Postgres", "Which one should it be?\n\n1. SQLite\n2. Postgres"],
  ["Which one should it be?\n- SQLite\n- Postgres\n", "Which one should it be?\n- SQLite\n- Postgres"],
  ["Which of these?:\n\na) one\nb) two", "Which of these?:\n\na) one\nb) two"],
  ["Il y a deux widgets. Lequel voulez-vous dire ?", "Il y a deux widgets. Lequel voulez-vous dire ?"],
  ["どちらのデータベースですか？", "どちらのデータベースですか？"],
  ["أي قاعدة بيانات تريد؟", "أي قاعدة بيانات تريد؟"],
  ["I found two files. Please tell me which one you mean.", "I found two files. Please tell me which one you mean."],
  ["What is the expected behaviour?\n\nThanks!", "What is the expected behaviour?"],
  ["Could you clarify the scope?\n\n```ts\nfoo();\n```", "Could you clarify the scope?"],
  ["Before I go on:\n1. Which database?\n2. Which port?", "Before I go on:\n1. Which database?\n2. Which port?"],
  ["I looked.\n\nTwo things:\n\n- Which database?\n- A cache?", "Two things:\n\n- Which database?\n- A cache?"],
  ["1. Which database?\n2. Which port?", "1. Which database?\n2. Which port?"],
  ["I cannot go on without the schema. Please provide it.", "I cannot go on without the schema. Please provide it."],
  ["There are two. Let me know which one you mean.", "There are two. Let me know which one you mean."],
  ["Bitte sag mir, welche Variante du willst.", "Bitte sag mir, welche Variante du willst."],
  ["Merci de préciser la base de données.", "Merci de préciser la base de données."],
  ["どちらを使えばよいか教えてください。", "どちらを使えばよいか教えてください。"],
  ["请确认要删除哪些文件。", "请确认要删除哪些文件。"],
  ["Please clarify whether the API may change.", "Please clarify whether the API may change."],
])("%j asks", (message, question) => {
  expect(questionAtEnd(message)).toBe(question);
});

it.each([
  "",
  "Nothing to do: the widgets are better already.",
  "Why was it slow? Because of the cache. It is fine now.",
  "Should it be red?\n\nI looked at the design: it should. Nothing to change.",
  "It is all there already. Is there anything else I can help with?",
  "Done. Let me know if you have any questions.",
  "Nothing was wrong. Would you like me to help with something else?",
  "- one\n- two",
  "It is there already.\n\nThanks!",
  "Nothing to change:\n\n```\nwhy?\n```",
  "I ran `grep foo?` and found nothing.",
])("%j does not ask", (message) => {
  expect(questionAtEnd(message)).toBeNull();
});

it("answers a part of the message, within bounds, and never throws", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (message) => {
      const question = questionAtEnd(message);
      if (question === null) return;
      expect(question.length).toBeLessThanOrEqual(1000);
      expect(question.trim()).not.toBe("");
    }),
  );
});
