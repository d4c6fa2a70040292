"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import type { AppRouter } from "@/server/trpc/router";
import { apiClient } from "./api-client";

const { TRPCProvider: Provider, useTRPC } = createTRPCContext<AppRouter>();
export { useTRPC };

const newQueryClient = () => new QueryClient({ defaultOptions: { queries: { staleTime: 1000, retry: 2 } } });
let ofTab: QueryClient | null = null;

/** What was asked is kept for the whole tab, but on the server for one page of one person. */
function queryClientOfTab(): QueryClient {
  if (typeof window === "undefined") return newQueryClient();
  ofTab ??= newQueryClient();
  return ofTab;
}

/** Stands around what asks the API while it is looked at. Pages bring their first data with them. */
export function TrpcProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(queryClientOfTab);
  return (
    <QueryClientProvider client={queryClient}>
      <Provider trpcClient={apiClient} queryClient={queryClient}>
        {children}
      </Provider>
    </QueryClientProvider>
  );
}
