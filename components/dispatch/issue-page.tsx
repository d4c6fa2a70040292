"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { CircleDot } from "lucide-react";
import { useEffect, useState } from "react";
import { Time } from "@/components/layout/clock";
import { problemSentence } from "@/components/layout/problem";
import { useTRPC } from "@/components/layout/trpc-provider";
import { Command, CommandGroup, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { focusNow } from "@/components/ui/focus";
import { issueReference } from "./issue-reference";
import { ListNote, LoadingItems } from "./list-note";
import type { PageProps } from "./palette";

const WAIT_MS = 250;

/** The text as it was when its author paused. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** Open issues; the words are searched by GitHub, in titles and texts. */
export function IssuePage({ repository, command, go }: PageProps & { repository: string; command: string }) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const query = useSettled(text.trim());
  const { data, error, isPending, isFetching } = useQuery(
    trpc.github.searchIssues.queryOptions(
      { repository, query: query === "" ? undefined : query },
      { staleTime: 20_000, retry: false, placeholderData: keepPreviousData },
    ),
  );
  const pasted = issueReference(text);
  const [owner = "", name = ""] = repository.split("/");
  const issues = data?.issues.filter(({ isPullRequest }) => !isPullRequest) ?? [];
  const isSettled = query === text.trim() && !isFetching;
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
      <CommandList>
        {isPending && error === null ? <LoadingItems /> : null}
        {error === null ? null : <ListNote tone="bad">{problemSentence(error)}</ListNote>}
        {data?.stale ? <ListNote>GitHub does not answer; this is its list from before.</ListNote> : null}
        {data !== undefined && issues.length === 0 && isSettled && pasted === null ? (
          <ListNote>{query === "" ? "No open issue." : `No open issue matches "${query}".`}</ListNote>
        ) : null}
        <CommandGroup heading={query === "" ? "Open issues" : "Matches"}>
          {pasted === null ? null : (
            <CommandItem value="pasted" onSelect={() => go({ page: "review", issue: pasted, command })}>
              <CircleDot aria-hidden />
              {pasted.owner}/{pasted.name}#{pasted.number}
            </CommandItem>
          )}
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
      </CommandList>
    </Command>
  );
}
