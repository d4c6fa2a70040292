import { z } from "zod";
import { familiesIn } from "@/lib/model-family";
import type { ProviderId } from "@/lib/providers";
import type { KeyFinding } from "./port";

/** What a provider answered. `text` is its error, lower case, to look for words in; it is shown to nobody. */
export type ProbeAnswer = { status: number; body: unknown; text: string };

/** The cheapest call that only a good key gets through. */
type Probe = {
  /** Below the provider's base URL. */
  path: string;
  headers: (key: string) => Record<string, string>;
  /** What a 2xx must look like, and what it says of the key. Null: not the provider's answer. */
  read: (body: unknown) => KeyFinding | null;
};

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const reads =
  <T>(schema: z.ZodType<T>, say: (answer: T) => KeyFinding = () => ({ verification: "valid" })) =>
  (body: unknown): KeyFinding | null => {
    const parsed = schema.safeParse(body);
    return parsed.success ? say(parsed.data) : null;
  };
const listed = z.object({ data: z.array(z.object({ id: z.string() })) });
const modelList = reads(listed);
const withModelList: Probe = { path: "/v1/models", headers: bearer, read: modelList };
const spent: KeyFinding = { verification: "no_credit" };

/** Null: the provider has no call that would show it (Amp). */
export const PROBES: Record<ProviderId, Probe | null> = {
  anthropic: {
    // Newest first. The default is a family, so the list itself is what is asked for.
    path: "/v1/models?limit=1000",
    headers: (key) => ({ "x-api-key": key, "anthropic-version": "2023-06-01" }),
    read: reads(listed, ({ data }) => {
      const models = familiesIn(data);
      return { verification: models.sonnet === null ? "no_model" : "valid", models };
    }),
  },
  openai: withModelList,
  google: {
    path: "/v1beta/models?pageSize=1",
    headers: (key) => ({ "x-goog-api-key": key }),
    read: reads(z.object({ models: z.array(z.object({ name: z.string() })) })),
  },
  // Its model list is public; this tells of the key itself.
  openrouter: {
    path: "/v1/key",
    headers: bearer,
    read: reads(z.object({ data: z.object({ limit_remaining: z.number().nullish() }) }), ({ data }) =>
      data.limit_remaining != null && data.limit_remaining <= 0 ? spent : { verification: "valid" },
    ),
  },
  amp: null,
  groq: withModelList,
  mistral: withModelList,
  xai: withModelList,
  deepseek: {
    path: "/user/balance",
    headers: bearer,
    read: reads(z.object({ is_available: z.boolean() }), ({ is_available }) =>
      is_available ? { verification: "valid" } : spent,
    ),
  },
};

const NO_CREDIT = /insufficient[_ ](quota|balance|credit)|credit|billing|payment|spending limit/;

/** What a refusal means. Providers agree on the status for most of it; where they do not, their words decide. */
export function readRefusal({ status, text }: ProbeAnswer): KeyFinding {
  if (status === 402 || ((status === 403 || status === 429) && NO_CREDIT.test(text))) return spent;
  // Google and xAI answer 400 to a wrong key.
  if (status === 401 || (status === 400 && /api[_ ]?key/.test(text)))
    return { verification: /expired/.test(text) ? "expired" : "invalid_key" };
  if (status === 403) return { verification: /expired/.test(text) ? "expired" : "restricted" };
  if (status === 429) return { verification: "unverified", gap: "limited" };
  return { verification: "unverified", gap: status >= 500 ? "unreachable" : "odd_answer" };
}
