import { z } from "zod";

export const flyAppName = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "a Fly app name has lower-case letters, digits and dashes");
