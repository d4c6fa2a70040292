"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/components/layout/trpc-provider";
import type { ConfigUpdate, PorterConfig } from "@/lib/porter-config";

/**
 * The settings and one way to save a part of them. The revision goes along, so that a save over another tab's is
 * refused and not silently won. `save` answers whether it was saved; `message` says what happened.
 */
export function useConfig(initial: PorterConfig) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [message, setMessage] = useState<{ tone: "bad" | "neutral"; text: string } | null>(null);
  const { data: config } = useQuery(trpc.config.get.queryOptions(undefined, { initialData: initial }));
  const mutation = useMutation(trpc.config.update.mutationOptions());
  const save = async (update: ConfigUpdate, done: string): Promise<boolean> => {
    try {
      const saved = await mutation.mutateAsync({ ...update, revision: config.revision });
      queryClient.setQueryData(trpc.config.get.queryKey(), saved);
      setMessage({ tone: "neutral", text: done });
      return true;
    } catch (error) {
      setMessage({ tone: "bad", text: error instanceof Error ? error.message : "That could not be saved." });
      await queryClient.invalidateQueries(trpc.config.get.queryFilter());
      return false;
    }
  };
  return { config, save, message, pending: mutation.isPending };
}
