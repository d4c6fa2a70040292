import type { z } from "zod";

/** What a JSON text holds; undefined where it is none. For what comes from outside, on its way to a schema. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A JSON text as `schema` reads it. Throws `SyntaxError` or `ZodError`: a row that Porter wrote and cannot read again is
 * a fault.
 */
export const readJson = <S extends z.ZodType>(schema: S, text: string): z.output<S> => schema.parse(JSON.parse(text));

/** A JSON text as `schema` reads it; undefined where it is no JSON or another form. */
export const tryJson = <S extends z.ZodType>(schema: S, text: string): z.output<S> | undefined =>
  schema.safeParse(parseJson(text)).data;
