import { z } from "zod";
import { SERVICES } from "./kinds.ts";

/** For people: what was chosen, from where, and what is wrong with the files. */
export const setUpViewSchema = z.object({
  from: z.array(z.string()),
  run: z.string().nullable(),
  start: z.string().nullable(),
  services: z.array(z.enum(SERVICES)),
  problems: z.array(z.string()),
});
export type SetUpView = z.infer<typeof setUpViewSchema>;
