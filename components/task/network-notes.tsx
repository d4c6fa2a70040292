"use client";
import { ShieldAlert } from "lucide-react";
import { useState } from "react";
import { loadApi } from "@/components/layout/api";
import { problemSentence } from "@/components/layout/problem";
import { Button } from "@/components/ui/button";
import { showToast } from "@/components/ui/toast";
import { type BlockedHost, blockedHosts } from "@/lib/blocked-hosts";
import type { NetworkReport } from "@/lib/agent-protocol";
import { openSentence } from "@/lib/seal-words";

const SHOWN = 5;

/** That the network was open, and the calls that were refused, each with the click that allows it from now on. */
export default function NetworkNotes({ report }: { report: NetworkReport }) {
  const hosts = blockedHosts(report.blocked);
  const more = hosts.slice(SHOWN);
  return (
    <section
      id="network"
      aria-labelledby="network-title"
      className="scroll-mt-28 rounded-lg border border-line px-4 py-3"
    >
      <h2 id="network-title" className="font-medium">
        {hosts.length === 0 ? "The network" : "Blocked"}
      </h2>
      {report.seal === "open" ? (
        <p className="mt-1 flex gap-2">
          <ShieldAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-waiting" />
          {openSentence(report.reason)}
        </p>
      ) : null}
      <Hosts hosts={hosts.slice(0, SHOWN)} />
      {more.length === 0 ? null : (
        <details className="mt-1">
          <summary className="cursor-pointer text-soft">{more.length} more</summary>
          <Hosts hosts={more} />
        </details>
      )}
      {report.unlisted === 0 ? null : (
        <p className="mt-1 text-soft">
          And {report.unlisted} {report.unlisted === 1 ? "call" : "calls"} to further hosts.
        </p>
      )}
    </section>
  );
}

const Hosts = ({ hosts }: { hosts: BlockedHost[] }) => (
  <ul className="mt-1">
    {hosts.map((host) => (
      <li key={host.shown} className="flex min-h-9 items-center gap-x-3 py-1">
        <span className="min-w-0 flex-1 break-words">
          <code className="break-words">{host.shown}</code> <span className="text-soft tabular">({host.count})</span>
          {host.command === null ? null : (
            <>
              , by <code className="break-words">{host.command}</code>
            </>
          )}
        </span>
        {host.allows === null ? null : <Allow name={host.allows} />}
      </li>
    ))}
  </ul>
);

/** Adds the name to the person's own settings. */
function Allow({ name }: { name: string }) {
  const [state, setState] = useState<"idle" | "saving" | "saved">("idle");
  const save = async (): Promise<void> => {
    setState("saving");
    try {
      const { config } = await loadApi();
      const { network, revision } = await config.get.query();
      if (!network.names.includes(name))
        await config.update.mutate({ network: { names: [...network.names, name] }, revision });
      setState("saved");
      showToast(`Your later runs may reach ${name}`);
    } catch (error) {
      setState("idle");
      showToast("That did not work", { tone: "bad", detail: problemSentence(error) });
    }
  };
  if (state === "saved") return <span className="text-soft">allowed from now on</span>;
  return (
    <Button size="sm" disabled={state === "saving"} aria-label={`Allow ${name}`} onClick={() => void save()}>
      Allow
    </Button>
  );
}
