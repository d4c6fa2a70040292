import { allowPath, blockedHosts } from "@/lib/blocked-hosts";
import type { NetworkReport } from "@/lib/agent-protocol";
import { quietCode } from "@/lib/review/calls";
import { openSentence } from "@/lib/seal-words";
import { codeSpan, markdownLink } from "./neutralise";

const MOST_LINES = 10;

type Told = { publicUrl: string; runUrl: string };

/** What a pull request says of its run's network. Hosts and commands are an agent's text. */
export function networkSections(report: NetworkReport | null, { publicUrl, runUrl }: Told): string[] {
  if (report === null) return [];
  const hosts = blockedHosts(report.blocked);
  const lines = hosts.slice(0, MOST_LINES).map(({ shown, count, command, allows }) => {
    const by = command === null ? "" : `, by ${quietCode(codeSpan(command, 120))}`;
    const way = allows === null ? "" : ` · ${markdownLink("allow it", `${publicUrl}${allowPath(allows)}`)}`;
    return `- ${quietCode(codeSpan(shown, 120))} (${count})${by}${way}`;
  });
  const more = hosts.length > MOST_LINES || report.unlisted > 0;
  return [
    ...(report.seal === "open" ? [`⚠ ${openSentence(report.reason)}`] : []),
    ...(lines.length === 0
      ? []
      : [
          [
            "**Blocked:**",
            ...lines,
            ...(more ? [`- and more, on the ${markdownLink("run's page", runUrl)}`] : []),
          ].join("\n"),
        ]),
  ];
}
