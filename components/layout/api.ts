import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/trpc/router";
import type { apiClient } from "./api-client";

export type Api = typeof apiClient;
/** Answers of the API as JSON brings them: what may be missing is never there as undefined. */
export type ApiAnswers = inferRouterOutputs<AppRouter>;

/** The API's client, for pages whose first sight needs none. Refused while the line is too bad to bring it. */
export const loadApi = (): Promise<Api> => import("./api-client").then(({ apiClient: api }) => api);
