import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { MOST_QUESTIONS } from "@/lib/most-questions";
import type { AppRouter } from "@/server/trpc/router";

const URL_OF_API = { url: "/api/trpc" };

/** The browser's way to the API: questions of one moment go out as one request. */
export const apiClient = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: ({ type }) => type === "subscription",
      true: httpSubscriptionLink(URL_OF_API),
      false: httpBatchLink({ ...URL_OF_API, maxItems: MOST_QUESTIONS }),
    }),
  ],
});
