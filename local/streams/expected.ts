import type { Expected } from "../../agent-image/testing/expected-ending.ts";
import { ENDINGS } from "./endings.ts";
import type { Recording } from "./recording.ts";

type Body = Recording["messages"][number]["body"];

/** How each ending must be understood, by its name. */
export const EXPECTED: Record<string, Expected> = Object.fromEntries(
  ENDINGS.map(({ name, expected }) => [name, expected]),
);

/** The runner's last word in a recording. */
export const lastWord = ({ messages }: Recording): Body => {
  const last = messages.at(-1);
  if (last?.path !== "complete") throw new Error("a recording ends with the runner's last word");
  return last.body;
};
