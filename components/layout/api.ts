import type { apiClient } from "./api-client";

export type Api = typeof apiClient;

/** The API's client, for pages whose first sight needs none. Refused while the line is too bad to bring it. */
export const loadApi = (): Promise<Api> => import("./api-client").then(({ apiClient: api }) => api);
