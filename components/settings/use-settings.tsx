"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { ApiAnswers } from "@/components/layout/api";
import { useTRPC } from "@/components/layout/trpc-provider";
import { useStore } from "@/components/layout/use-store";
import { showToast } from "@/components/ui/toast";
import type { PorterConfig } from "@/lib/porter-config";
import { mistakesIn, withEdits } from "./edits";
import { createSettingsDraft, type DraftPorts, type DraftState, type SettingsDraft } from "./settings-draft";

type Settings = DraftState &
  Omit<SettingsDraft, "state"> & {
    /** As the server last said. */
    saved: PorterConfig;
    /** With what is not saved yet. */
    shown: PorterConfig;
    mistakes: Record<string, string>;
  };

const Context = createContext<Settings | null>(null);

export function useSettings(): Settings {
  const settings = useContext(Context);
  if (settings === null) throw new Error("useSettings stands outside its provider");
  return settings;
}

/** The settings with their unsaved edits, kept while a person moves between the sections. */
export function SettingsProvider({ initial, children }: { initial: PorterConfig; children: ReactNode }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  useQuery(trpc.config.get.queryOptions(undefined, { initialData: initial as ApiAnswers["config"]["get"] }));
  const { mutateAsync } = useMutation(trpc.config.update.mutationOptions());
  const [{ ports, draft }] = useState(() => {
    const ports: DraftPorts = {
      saved: () => queryClient.getQueryData(trpc.config.get.queryKey()) ?? initial,
      adopt: (config) =>
        void queryClient.setQueryData(trpc.config.get.queryKey(), config as ApiAnswers["config"]["get"]),
      cancelReads: () => queryClient.cancelQueries(trpc.config.get.queryFilter()),
      load: () => queryClient.fetchQuery(trpc.config.get.queryOptions(undefined, { staleTime: 0 })),
      update: mutateAsync,
      say: showToast,
    };
    return { ports, draft: createSettingsDraft(ports) };
  });
  const state = useStore(draft.state);
  // The cache tells its watchers a moment later: between a save and that, the old value would be seen once more.
  const saved = ports.saved();
  const value = useMemo((): Settings => {
    const { edits, sending } = state;
    return {
      ...draft,
      ...state,
      saved,
      shown: withEdits(saved, { ...sending, ...edits }),
      mistakes: mistakesIn(edits),
    };
  }, [draft, state, saved]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}
