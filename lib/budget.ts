import { z } from "zod";
import { costText } from "./format.ts";

/** Dollars that a task may spend on its models, all its attempts together. */
const BUDGET_RANGE = [0.01, 10_000] as const;
export const BUDGET_SENTENCE = "A budget is an amount in dollars, from 0.01 to 10000 with at most two decimals.";

const isWholeCents = (usd: number): boolean => Math.abs(usd * 100 - Math.round(usd * 100)) < 1e-6;
const isBudget = (usd: number): boolean => usd >= BUDGET_RANGE[0] && usd <= BUDGET_RANGE[1] && isWholeCents(usd);

export const budgetSchema = z.number().refine(isBudget, BUDGET_SENTENCE);

/** An amount as people type it: `2`, `$2.50`, `2.5$`. Null: none. */
export function readBudget(text: string): number | null {
  const typed = text.normalize("NFKC");
  const amount = /^\$?(\d{1,5}(?:\.\d{1,2})?)$/.exec(typed)?.[1] ?? /^(\d{1,5}(?:\.\d{1,2})?)\$$/.exec(typed)?.[1];
  return amount !== undefined && isBudget(Number(amount)) ? Number(amount) : null;
}

/** The least of what is set holds; null: nothing is. */
export function leastBudget(...set: readonly (number | null | undefined)[]): number | null {
  const budgets = set.filter((budget) => budget != null);
  return budgets.length === 0 ? null : Math.min(...budgets);
}

/** From which part of a budget on people are told. */
const NEARLY = 0.8;
export const nearsBudget = (spentUsd: number, budgetUsd: number | null): budgetUsd is number =>
  budgetUsd !== null && spentUsd >= budgetUsd * NEARLY;

/** `Spent $1.61 of $2.00`. */
export const spentWords = (spentUsd: number, budgetUsd: number): string =>
  `Spent ${costText(spentUsd)} of ${costText(budgetUsd)}`;
