"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTRPC } from "@/components/layout/trpc-provider";
import type { RepositoryView } from "@/lib/github-data";

/** Pages that are fetched by themselves, so that a search sees everything of nearly everybody. */
const PAGES = 10;

/** The person's repositories where the App is installed, in the order GitHub gives: last pushed first. */
export function useRepositories(options: { isWanted: boolean }) {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.github.repositories.infiniteQueryOptions(
      {},
      {
        enabled: options.isWanted,
        staleTime: 60_000,
        retry: false,
        getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
      },
    ),
  );
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const pages = data?.pages.length ?? 0;
  useEffect(() => {
    // What fails is in the query's error.
    if (hasNextPage && !isFetchingNextPage && pages < PAGES) fetchNextPage().catch(() => {});
  }, [hasNextPage, isFetchingNextPage, pages, fetchNextPage]);
  const repositories: RepositoryView[] = data?.pages.flatMap((page) => page.repositories) ?? [];
  return {
    /** With the App; the others cannot be worked in. */
    repositories: repositories.filter(({ installationId, archived }) => installationId !== null && !archived),
    isLoading: query.isPending && options.isWanted,
    /** Further pages are on their way. */
    isLoadingMore: isFetchingNextPage,
    isStale: data?.pages.some(({ stale }) => stale) ?? false,
    error: query.error,
    retry: () => void query.refetch(),
    more: hasNextPage && !isFetchingNextPage && pages >= PAGES ? () => void fetchNextPage() : null,
  };
}
