import { z } from "zod";
import { REPOSITORY_ROLES } from "./issue-author.ts";

/** Apart from the words: a page needs these without the library that checks them. */
export const issueAuthorSchema = z.object({ login: z.string().nullable(), role: z.enum(REPOSITORY_ROLES) });
