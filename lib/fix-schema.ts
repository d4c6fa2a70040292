import { z } from "zod";
import type { Fix } from "./fix.ts";

const text = z.string();

/** A fix in answers and rows; apart from lib/fix.ts, which pages take to the browser. */
export const fixSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("page"), label: text, path: text, next: z.literal("retry").optional() }),
  z.object({ kind: z.literal("reconnect"), label: text, path: text }),
  z.object({ kind: z.literal("link"), label: text, url: text }),
  z.object({ kind: z.literal("command"), command: text }),
  z.object({ kind: z.literal("advice"), advice: text }),
]) satisfies z.ZodType<Fix>;
