import type { IncomingMessage } from "node:http";
import { modelsOf } from "../../lib/models.ts";
import { PROVIDER_IDS, type ProviderId } from "../../lib/providers.ts";

/** The vendors whose manners this server has, told apart by how a request carries its key. */
export const VENDORS = ["anthropic", "openai", "google"] as const;
export type Vendor = (typeof VENDORS)[number];
export type PresentedKey = { vendor: Vendor; key: string };
export type VendorAnswer = { status: number; body: unknown };

/** The key of a request; null if it carries none. */
export function presentedKey(request: IncomingMessage, url: URL): PresentedKey | null {
  const header = (name: string): string | null => {
    const value = request.headers[name];
    return typeof value === "string" ? value : null;
  };
  const google = header("x-goog-api-key") ?? url.searchParams.get("key");
  if (google !== null) return { vendor: "google", key: google };
  const anthropic = header("x-api-key");
  if (anthropic !== null) return { vendor: "anthropic", key: anthropic };
  const bearer = /^Bearer\s+(.+)$/i.exec(header("authorization") ?? "")?.[1];
  if (bearer === undefined) return null;
  return { vendor: header("anthropic-version") === null ? "openai" : "anthropic", key: bearer };
}

/** What the vendor answers to a wrong or missing key. */
export function refusedKey(vendor: Vendor): VendorAnswer {
  switch (vendor) {
    case "anthropic":
      return {
        status: 401,
        body: {
          type: "error",
          error: { type: "authentication_error", message: "invalid x-api-key" },
          request_id: "req_local",
        },
      };
    case "openai":
      return {
        status: 401,
        body: {
          error: {
            message: "Incorrect API key provided.",
            type: "invalid_request_error",
            param: null,
            code: "invalid_api_key",
          },
        },
      };
    case "google":
      return {
        status: 400,
        body: {
          error: { code: 400, message: "API key not valid. Please pass a valid API key.", status: "INVALID_ARGUMENT" },
        },
      };
  }
}

/** What OpenRouter and DeepSeek say of a good key; null for other paths. Their model lists need none, or say less. */
export function aboutKey(path: string): VendorAnswer | null {
  if (path === "/v1/key")
    return { status: 200, body: { data: { label: "scripted", usage: 0, limit: null, limit_remaining: null } } };
  return path === "/user/balance" ? { status: 200, body: { is_available: true, balance_infos: [] } } : null;
}

/** The vendor's model list, newest first: what settings offer, so that no model is there that a run could not name. */
export function modelList(vendor: Vendor): VendorAnswer {
  const ids = modelsOf(vendor).map(({ id }) => id);
  switch (vendor) {
    case "anthropic": {
      const data = ids.map((id) => ({
        type: "model",
        id,
        display_name: `${id} (scripted)`,
        created_at: "2026-01-01T00:00:00Z",
      }));
      return { status: 200, body: { data, has_more: false, first_id: ids[0], last_id: ids.at(-1) } };
    }
    case "openai":
      return {
        status: 200,
        body: { object: "list", data: ids.map((id) => ({ id, object: "model", created: 0, owned_by: "scripted" })) },
      };
    case "google":
      return {
        status: 200,
        body: {
          models: ids.map((id) => ({
            name: `models/${id}`,
            displayName: `${id} (scripted)`,
            supportedGenerationMethods: ["generateContent"],
          })),
        },
      };
  }
}

/** What a pinned agent makes of `sonnet` and `haiku` by itself, and the list of models has not yet. */
const NOT_LISTED_YET = ["claude-sonnet-5-5", "claude-haiku-5-5"];
const OWN_LISTS: readonly ProviderId[] = ["anthropic", "google"];
const idsOf = (ids: readonly ProviderId[]) => ids.flatMap((id) => modelsOf(id)).map(({ id }) => id);
const KNOWN: Record<Vendor, ReadonlySet<string>> = {
  anthropic: new Set([...idsOf(["anthropic"]), ...NOT_LISTED_YET]),
  google: new Set(idsOf(["google"])),
  // All others speak OpenAI's language and are not told apart.
  openai: new Set(idsOf(PROVIDER_IDS.filter((id) => !OWN_LISTS.includes(id)))),
};

export type ModelRefusal = { status: number; error: { type?: string; code?: string; message: string } };

/** As the vendor refuses a model that is in none of its lists; null: it is in one. */
export function unknownModel(vendor: Vendor, model: string): ModelRefusal | null {
  if (KNOWN[vendor].has(model)) return null;
  switch (vendor) {
    case "anthropic":
      return { status: 404, error: { type: "not_found_error", message: `model: ${model}` } };
    case "google": {
      const message = `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`;
      return { status: 404, error: { type: "NOT_FOUND", message } };
    }
    case "openai":
      // OpenRouter's names, and no others, have their vendor's in front.
      if (model.includes("/"))
        return { status: 400, error: { code: "400", message: `${model} is not a valid model ID` } };
      return {
        status: 404,
        error: {
          type: "invalid_request_error",
          code: "model_not_found",
          message: `The model \`${model}\` does not exist or you do not have access to it.`,
        },
      };
  }
}
