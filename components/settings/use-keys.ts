"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { problemSentence } from "@/components/layout/problem";
import { createSingleFlight } from "@/components/layout/single-flight";
import { useTRPC } from "@/components/layout/trpc-provider";
import { useStore } from "@/components/layout/use-store";
import { showToast } from "@/components/ui/toast";
import type { FlySave } from "@/lib/credentials";
import { isRefused } from "@/lib/key-check";
import type { PorterConfig } from "@/lib/porter-config";
import { PROVIDERS, type ProviderId } from "@/lib/providers";
import { flyState, keyOf, keyState } from "./key-state";

/** One call at a time. What failed is said in a toast. */
function useBusy() {
  const [{ busy, run }] = useState(() =>
    createSingleFlight<"saving" | "testing" | "deleting">((error) =>
      showToast(problemSentence(error), { tone: "bad" }),
    ),
  );
  return { busy: useStore(busy), run };
}

/** What was refused is not said to be saved, though it is kept until another one replaces it. */
const told = ({ isRefused: refused, done, sentence }: { isRefused: boolean; done: string; sentence: string }) =>
  refused ? showToast(sentence, { tone: "bad" }) : showToast(done, { detail: sentence });

/** The settings as the cache holds them, renewed: a check or another tab may have changed what is known of a secret. */
function useFreshConfig(): () => Promise<PorterConfig> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () => queryClient.fetchQuery(trpc.config.get.queryOptions(undefined, { staleTime: 0 }));
}

/** Save, test and delete the key of a provider. The provider is asked by the save itself and cannot stop it. */
export function useProviderKey(provider: ProviderId) {
  const trpc = useTRPC();
  const fresh = useFreshConfig();
  const { busy, run } = useBusy();
  const write = useMutation(trpc.config.saveProviderCredentials.mutationOptions());
  const check = useMutation(trpc.config.validateKey.mutationOptions());
  const { name } = PROVIDERS[provider];
  const put = async (config: PorterConfig, value: string | null) => {
    await write.mutateAsync({ [provider]: { [keyOf(config, provider).name]: value } });
    return fresh();
  };
  return {
    busy,
    save: (config: PorterConfig, value: string) =>
      run("saving", async () => {
        const { kind, sentence } = keyState(await put(config, value), provider);
        told({ isRefused: kind === "refused", done: `${name} key saved.`, sentence });
      }),
    remove: (config: PorterConfig) =>
      run("deleting", async () => {
        await put(config, null);
        showToast(`${name} key deleted.`);
      }),
    async test() {
      await run("testing", async () => {
        const { valid, message } = await check.mutateAsync({ provider });
        await fresh();
        showToast(message, { tone: valid ? "plain" : "bad" });
      });
    },
  };
}

/** Save, test and delete the Fly token; `createApp` makes the app. */
export function useFly() {
  const trpc = useTRPC();
  const fresh = useFreshConfig();
  const { busy, run } = useBusy();
  const write = useMutation(trpc.config.saveFly.mutationOptions());
  const check = useMutation(trpc.config.validateFly.mutationOptions());
  return {
    busy,
    /** What the last save or test found, until the page is left; it knows why nothing could be found out. */
    found: check.data ?? write.data?.check ?? null,
    save: (change: FlySave, done: string) =>
      run("saving", async () => {
        check.reset();
        const { check: found } = await write.mutateAsync(change);
        await fresh();
        told({ isRefused: isRefused(found.verification), done, sentence: found.message });
      }),
    /** Looks the app up with the token, and makes it where Fly has none of this name. */
    saveOrCreate: (change: FlySave) =>
      run("saving", async () => {
        check.reset();
        let { check: found } = await write.mutateAsync(change);
        const isMissing = found.verification === "no_such_app";
        if (isMissing) ({ check: found } = await write.mutateAsync({ createApp: true }));
        await fresh();
        const done = found.valid && isMissing ? `Fly app ${change.flyAppName ?? ""} made.` : "Fly token and app saved.";
        told({ isRefused: isRefused(found.verification), done, sentence: found.message });
      }),
    remove: () =>
      run("deleting", async () => {
        await write.mutateAsync({ flyToken: null });
        await fresh();
        showToast("Fly token deleted.");
      }),
    async test() {
      await run("testing", async () => {
        const { valid, message } = await check.mutateAsync({});
        const config = await fresh();
        showToast(message, { tone: valid || flyState(config).kind === "valid" ? "plain" : "bad" });
      });
    },
  };
}
