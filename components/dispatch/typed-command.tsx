"use client";
import { useMentions } from "@/components/layout/mention";
import { CirclePlay, WandSparkles } from "lucide-react";
import { CommandGroup, CommandItem } from "@/components/ui/command";
import type { Pasted } from "./issue-reference";
import { ListNote } from "./list-note";
import type { PageProps } from "./palette-view";
import { readCommand } from "./task-choice";

type TypedCommandProps = { text: string; put: (text: string) => void; go: () => void };

/** Text that begins with the mention, read as a comment would be; a mistake offers what was meant. */
export function TypedCommand({ text, put, go }: TypedCommandProps) {
  const reading = readCommand(text, useMentions());
  if (reading.kind === "words" || reading.kind === "other") return null;
  if (reading.kind === "start")
    return (
      <CommandGroup heading="Command" forceMount>
        <CommandItem forceMount value={`command ${text}`} onSelect={go}>
          <CirclePlay aria-hidden />
          <span className="min-w-0 truncate">
            Start with <code className="font-mono text-xs">{text.trim()}</code>
          </span>
        </CommandItem>
      </CommandGroup>
    );
  const { correctForm } = reading.mistake;
  return (
    <CommandGroup forceMount>
      <CommandItem forceMount value={`correct ${correctForm}`} onSelect={() => put(correctForm)}>
        <WandSparkles aria-hidden />
        <span className="min-w-0 truncate">
          Write <code className="font-mono text-xs">{correctForm}</code>
        </span>
      </CommandItem>
    </CommandGroup>
  );
}

/** Why what was typed or pasted starts nothing. Stands beside the list: a list of options holds nothing else. */
export function TypedNote({ text, pasted }: { text: string; pasted: Pasted | null }) {
  const reading = readCommand(text, useMentions());
  if (pasted?.kind === "refused") return <ListNote tone="bad">{pasted.sentence}</ListNote>;
  if (reading.kind === "other") return <ListNote tone="bad">{reading.sentence}</ListNote>;
  if (reading.kind !== "mistake") return null;
  const { what, suggestion } = reading.mistake;
  return (
    <ListNote tone="bad">
      "{what}" starts nothing. {suggestion === null ? null : `${suggestion} was meant?`}
    </ListNote>
  );
}

type PastedItemProps = Pick<PageProps, "go"> & { text: string; pasted: Pasted | null; command: string };

/** What a pasted address leads to. */
export function PastedItem({ text, pasted, command, go }: PastedItemProps) {
  if (pasted === null || pasted.kind === "refused") return null;
  const { words, view } =
    pasted.kind === "issue"
      ? {
          words: `${pasted.issue.owner}/${pasted.issue.name}#${pasted.issue.number}`,
          view: { page: "review", issue: pasted.issue, command } as const,
        }
      : {
          words: `Issues of ${pasted.repository}`,
          view: { page: "issue", repository: pasted.repository, command } as const,
        };
  return (
    <CommandGroup heading="Pasted" forceMount>
      <CommandItem forceMount value={`pasted ${text}`} onSelect={() => go(view)}>
        <CirclePlay aria-hidden />
        {words}
      </CommandItem>
    </CommandGroup>
  );
}
