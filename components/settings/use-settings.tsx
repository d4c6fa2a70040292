"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { problemOf, problemSentence } from "@/components/layout/problem";
import { useTRPC } from "@/components/layout/trpc-provider";
import { toast } from "@/components/ui/toast";
import type { PorterConfig } from "@/lib/porter-config";
import { type Conflict, conflictsWith, edited, type Edits, mistakesIn, rebased, updateOf, withEdits } from "./edits";
import type { Setting } from "./setting";

type Clash = { edits: Edits; latest: PorterConfig; conflicts: Conflict[] };

type Settings = {
  /** As the server last said. */
  saved: PorterConfig;
  /** With what is not saved yet. */
  shown: PorterConfig;
  edits: Edits;
  mistakes: Record<string, string>;
  pending: boolean;
  /** Another tab saved the same settings otherwise; a person must choose. */
  clash: Clash | null;
  set: <Value>(setting: Setting<Value>, value: Value) => void;
  save: () => void;
  discard: () => void;
  /** Ends the clash: keeps the edits but for `dropped`, and saves them. */
  resolve: (dropped: ReadonlySet<string>) => void;
  cancel: () => void;
  /** Takes over a config that a call of its own answered (keys, Fly). */
  adopt: (config: PorterConfig) => void;
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
  const { data: saved } = useQuery(trpc.config.get.queryOptions(undefined, { initialData: initial }));
  const [edits, setEdits] = useState<Edits>({});
  const [clash, setClash] = useState<Clash | null>(null);
  const { mutateAsync, isPending } = useMutation(trpc.config.update.mutationOptions());

  const value = useMemo((): Settings => {
    const adopt = (config: PorterConfig) => queryClient.setQueryData(trpc.config.get.queryKey(), config);
    const load = () => queryClient.fetchQuery(trpc.config.get.queryOptions(undefined, { staleTime: 0 }));

    async function send(wanted: Edits, base: PorterConfig): Promise<void> {
      if (Object.keys(wanted).length === 0) return;
      // Shown as saved at once; put back when it was not.
      await queryClient.cancelQueries(trpc.config.get.queryFilter());
      adopt(withEdits(base, wanted));
      setEdits({});
      try {
        adopt(await mutateAsync({ ...updateOf(wanted), revision: base.revision }));
        toast(`${namesOf(wanted)} saved.`);
      } catch (error) {
        adopt(base);
        setEdits((since) => ({ ...wanted, ...since }));
        if (problemOf(error).code === "conflict") await meet(wanted);
        else toast(problemSentence(error), { tone: "bad" });
      }
    }

    /** The server holds a newer revision: what it changed elsewhere stays, what both changed is asked. */
    async function meet(wanted: Edits): Promise<void> {
      try {
        const latest = await load();
        const conflicts = conflictsWith(wanted, latest);
        if (conflicts.length > 0) setClash({ edits: wanted, latest, conflicts });
        else await send(rebased(wanted, latest, new Set()), latest);
      } catch (error) {
        toast(problemSentence(error), { tone: "bad" });
      }
    }

    // It says itself what failed.
    const start = (wanted: Edits, base: PorterConfig) => void send(wanted, base).catch(() => {});

    return {
      saved,
      shown: withEdits(saved, edits),
      edits,
      mistakes: mistakesIn(edits),
      pending: isPending,
      clash,
      set: (setting, wanted) => setEdits((known) => edited(known, saved, { setting, value: wanted })),
      save: () => start(edits, saved),
      discard: () => setEdits({}),
      resolve(dropped) {
        if (clash === null) return;
        setClash(null);
        setEdits({});
        start(rebased(clash.edits, clash.latest, dropped), clash.latest);
      },
      cancel: () => setClash(null),
      adopt,
    };
  }, [saved, edits, clash, isPending, mutateAsync, queryClient, trpc]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

const namesOf = (edits: Edits): string => {
  const labels = Object.values(edits).map(({ label }) => label);
  return labels.length > 2 ? `${labels.length} settings` : labels.join(" and ");
};
