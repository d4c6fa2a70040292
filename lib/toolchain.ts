import { z } from "zod";

const MOST_TOOLS = 64;

/**
 * What a machine has for a repository's own commands: name → version. It is shown to people, and whoever plays a machine
 * may say it: names and versions alone, nothing that reads as a sentence.
 */
export const toolchainSchema = z
  .record(z.string().regex(/^[a-z][a-z0-9+-]{0,31}$/), z.string().regex(/^\d[\w.+~:-]{0,39}$/))
  .refine((tools) => Object.keys(tools).length <= MOST_TOOLS);
export type Toolchain = z.infer<typeof toolchainSchema>;
