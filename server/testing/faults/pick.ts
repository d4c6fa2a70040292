import type { Issue, FaultPerson } from "./deliveries";
import { ISSUES, PEOPLE } from "./stage";

/** Commands name things by a number of their own: it is taken modulo what there is. */
export const itemAt = <T>(list: readonly T[], index: number): T | undefined =>
  list.length === 0 ? undefined : list[index % list.length];
export const personAt = (index: number): FaultPerson => itemAt(PEOPLE, index) ?? { id: 1, login: "ada" };
export const issueAt = (index: number): Issue => {
  const found = itemAt(ISSUES, index);
  if (found === undefined) throw new Error("no issue");
  return found;
};
