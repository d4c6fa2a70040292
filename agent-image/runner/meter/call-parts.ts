import { z } from "zod";

/** Parts that the forms of several providers share, and what becomes of a body that is read by them. */

/** A call as Porter read it: this, written out again, is what is forwarded. */
export type ParsedCall = {
  body: Record<string, unknown>;
  /** Null where the form has the model in its path. */
  model: string | null;
  /** Tools of the provider's own that were taken out, by their type. */
  takenOut: string[];
};

export type ReadCall = { is: "call"; call: ParsedCall } | { is: "refused"; why: string };

/** Whatever it holds, it stays with the provider: numbers, words, switches. */
export const unread = z.unknown().optional();
/** Said only to say that it is not wanted. */
export const nothing = z.null().optional();
export const off = z.literal(false).nullish();
export const mostTokens = z.number().int().min(1).nullish();
/** Content that is in the call itself: the provider fetches nothing for it. */
export const inlineUrl = z.string().regex(/^data:/i, "only data: URLs may pass");

/** What a schema has against a body, in one sentence; names from the body are cut. */
export function schemaComplaint(error: z.ZodError): string {
  const issue = deepest(error.issues[0]);
  if (issue === undefined) return "Porter does not let this call through.";
  const path = issue.path.map(String);
  const names =
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key].join(".")) : [path.join(".")];
  const what = names.join(", ").slice(0, 200);
  return `Porter's key proxy does not let ${what === "" ? "this body" : `"${what}"`} of a model call through.`;
}

type Issue = z.core.$ZodIssue;

/** Of a value that could be several things: what was found deepest in one of them. */
function deepest(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== "invalid_union") return issue;
  const { path } = issue;
  const inner = issue.errors.flat().map((one) => deepest({ ...one, path: [...path, ...one.path] }) ?? issue);
  return inner.toSorted((a, b) => b.path.length - a.path.length)[0] ?? issue;
}

/** Splits tools by whether the agent itself runs them. */
export function keepOwnTools(
  tools: unknown[],
  isOwn: (type: string) => boolean,
): { kept: Record<string, unknown>[]; takenOut: string[] } {
  const kept: Record<string, unknown>[] = [];
  const takenOut: string[] = [];
  for (const tool of tools) {
    const read = z.looseObject({ type: z.string().nullish() }).safeParse(tool);
    const type = read.data?.type ?? "";
    if (read.success && isOwn(type)) kept.push(read.data);
    else takenOut.push(type.slice(0, 60) || "unknown");
  }
  return { kept, takenOut };
}
