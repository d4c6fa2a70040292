"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { CircleDot } from "lucide-react";
import { useState } from "react";
import { Time } from "@/components/layout/clock";
import { useTRPC } from "@/components/layout/trpc-provider";
import { Command, CommandGroup, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { focusNow } from "@/components/ui/focus";
import { readPasted } from "./issue-reference";
import { ListNote, ListProblem, LoadingItems } from "./list-note";
import type { PageProps } from "./palette-view";
import { PastedItem, TypedNote } from "./typed-command";
import { useDebounced } from "./use-debounced";

/** Open issues; the words are searched by GitHub, in titles and texts. */
export function IssuePage({
  repository,
  command,
  github,
  go,
  close,
}: PageProps & { repository: string; command: string }) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const query = useDebounced(text.trim());
  const { data, error, isPending, isFetching, refetch } = useQuery(
    trpc.github.searchIssues.queryOptions(
      { repository, query: query === "" ? undefined : query },
      { staleTime: 20_000, retry: false, placeholderData: keepPreviousData },
    ),
  );
  const pasted = readPasted(text, github);
  const [owner = "", name = ""] = repository.split("/");
  const isSettled = query === text.trim() && !isFetching;
  // Until GitHub has answered, of the list before only what has the words: Enter must not take another issue.
  const issues = (data?.issues ?? []).filter((issue) => !issue.isPullRequest && (isSettled || hasWords(issue, text)));
  const isSearching = !isSettled && issues.length === 0 && pasted === null;
  return (
    <Command label={`Issues of ${repository}`} loop shouldFilter={false}>
      <CommandInput
        ref={focusNow}
        value={text}
        onValueChange={setText}
        placeholder="Search issues, or #12"
        before={<span className="shrink-0 rounded-sm bg-hover px-1.5 py-0.5 text-xs">{repository}</span>}
        onKeyDown={(event) => {
          if (event.key === "Backspace" && text === "") go({ page: "repository", command });
        }}
      />
      <TypedNote text="" pasted={pasted} />
      {(isPending || isSearching) && error === null ? <LoadingItems /> : null}
      {error === null ? null : <ListProblem error={error} retry={() => void refetch()} close={close} />}
      {data?.stale ? <ListNote>GitHub does not answer; this is its list from before.</ListNote> : null}
      {data !== undefined && issues.length === 0 && isSettled && pasted === null ? (
        <ListNote>{query === "" ? "No open issue." : `No open issue matches "${query}".`}</ListNote>
      ) : null}
      <CommandList>
        <PastedItem text={text} pasted={pasted} command={command} go={go} />
        {issues.length === 0 ? null : (
          <CommandGroup heading={query === "" ? "Open issues" : "Matches"}>
            {issues.map(({ number, title, author, updatedAt }) => (
              <CommandItem
                key={number}
                value={String(number)}
                onSelect={() => go({ page: "review", issue: { owner, name, number }, command })}
              >
                <CircleDot aria-hidden />
                <span className="shrink-0 text-soft tabular">#{number}</span>
                <span className="min-w-0 flex-1 truncate">{title}</span>
                <span className="hidden shrink-0 text-xs text-soft sm:inline">
                  {author} · <Time at={updatedAt} />
                </span>
              </CommandItem>
            ))}
          </CommandGroup>
        )}
      </CommandList>
      {data !== undefined && data.nextCursor !== null && isSettled && pasted === null ? (
        <ListNote>
          {query === "" ? "There are more: type to search them all." : "There are more: type further."}
        </ListNote>
      ) : null}
    </Command>
  );
}

const hasWords = ({ number, title }: { number: number; title: string }, text: string): boolean =>
  text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => `#${number} ${title}`.toLowerCase().includes(word));
