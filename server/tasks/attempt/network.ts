import { type NetworkReport, networkReportSchema, type ProgressRequest } from "@/lib/agent-protocol";
import { isBelow } from "@/lib/host-name";
import { tryJson } from "@/lib/json";
import { clipText, removeInvisible } from "@/lib/markdown/invisible";
import type { NetworkPolicy } from "@/lib/network";
import { networkOfRun } from "@/lib/network-settings";
import type { AppContext } from "@/server/context";
import type { SecretRow } from "@/server/db/secret-store";
import type { AttemptRow, TaskRow } from "@/server/db/task-store";
import { loadRepositorySettings } from "@/server/repositories/settings";
import { setUpOf } from "../set-up";
import { flyNetworkOf } from "@/server/secrets/fly-network";
import type { RunSettings } from "@/server/settings/run-settings";

/**
 * What the machine of a run may reach: what the requester's settings, the repository's and its own file all allow. It has to be sealed
 * where the operator says so, and where nobody knows that its app's network is closed to the owner's other apps.
 */
export async function networkPolicy(
  context: AppContext,
  task: Pick<TaskRow, "repositoryId" | "setUp">,
  { settings: { config }, secrets, flyApp }: { settings: RunSettings; secrets: readonly SecretRow[]; flyApp: string },
): Promise<NetworkPolicy> {
  const { network, networkNames } = await loadRepositorySettings(context, task.repositoryId);
  const flyNetwork = flyNetworkOf(secrets, flyApp);
  const set = networkOfRun(config.network, { preset: network, names: networkNames });
  const { preset, names } = networkOfRun(set, setUpOf(task).network ?? { preset: null, names: [] });
  // A GitHub Enterprise Server takes pushes with anybody's token, too.
  const git = new URL(context.env.GITHUB_URL).hostname;
  const allow = names.filter((name) => !isBelow(name.replace(/^\*\./, ""), git) && !isWider(name, git));
  return { mode: preset, allow, required: context.env.NETWORK === "required" || flyNetwork !== "own" };
}

/** `*.example.com` lets `git.example.com` through. */
const isWider = (name: string, host: string): boolean => name.startsWith("*.") && isBelow(host, name.slice(2));

/**
 * A machine's report as it is kept: what an agent could write into it is without secrets, in one line and no longer than
 * the protocol says. One an attempt: each replaces the one before.
 */
export function keptReport(report: NetworkReport, redact: (text: string) => string): string {
  const inLine = (text: string, max: number) =>
    clipText(
      // What is not seen goes first: it would hide a secret from whoever looks for it.
      redact(
        removeInvisible(text)
          .text.replace(/[\s\p{Cc}]+/gu, " ")
          .trim(),
      ),
      max,
    );
  const blocked = report.blocked.map((call) => ({
    ...call,
    host: inLine(call.host, 253) || "?",
    command: call.command === null ? null : inLine(call.command, 200) || null,
  }));
  return JSON.stringify({ ...report, blocked } satisfies NetworkReport);
}

/**
 * An agent is at work although the operator wants sealed machines only and this one does not say that it is: its runner
 * is one of before, or it lies. A runner that knows of it ends by itself, before anything is cloned.
 */
export function isUnsealed(
  { env }: Pick<AppContext, "env">,
  attempt: AttemptRow,
  said: Pick<ProgressRequest, "phase" | "network">,
): boolean {
  if (env.NETWORK !== "required" || said.phase === "cloning") return false;
  const report = said.network ?? reportOf(attempt);
  return report === null || report.seal === "open";
}

const WEEK_MS = 7 * 24 * 3600_000;
/** Of what doctor counts. */
export const sealKey = (seal: Exclude<NetworkReport["seal"], "sealed">): string => `network:${seal}`;

/** Counts an attempt for the operator that was not sealed as it should be: once, whatever it says later. */
export async function countUnsealed(context: AppContext, attempt: AttemptRow, { seal }: NetworkReport): Promise<void> {
  if (seal === "sealed" || attempt.network !== null) return;
  const now = context.clock.now();
  await context.db.useCounts.take({
    key: sealKey(seal),
    now: now.toISOString(),
    windowEndsAt: new Date(now.getTime() + WEEK_MS).toISOString(),
  });
}

/** How the network was closed, without what the agent called. */
export const withoutCalls = (report: NetworkReport): NetworkReport => ({ ...report, blocked: [], unlisted: 0 });

/** What is known of an attempt's network; null: nothing, as of a runner of before. */
export const reportOf = ({ network }: Pick<AttemptRow, "network">): NetworkReport | null =>
  tryJson(networkReportSchema, network ?? "null") ?? null;
