"use client";
import { useMentions } from "@/components/layout/mention";
import { FolderGit2 } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Private } from "@/components/settings/private";
import { useRepositories } from "@/components/settings/use-repositories";
import { Badge } from "@/components/ui/badge";
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { focusNow } from "@/components/ui/focus";
import type { RepositoryView } from "@/lib/github-data";
import { readPasted } from "./issue-reference";
import { recentRepositories } from "./last-choice";
import { ListNote, ListProblem, LoadingItems } from "./list-note";
import type { PageProps } from "./palette-view";
import { readCommand } from "./task-choice";
import { PastedItem, TypedCommand, TypedNote } from "./typed-command";

export function RepositoryPage({ command, github, typed, go, close }: PageProps & { command: string }) {
  const router = useRouter();
  const mentions = useMentions();
  const [text, setText] = useState(typed);
  const [recent] = useState(() => recentRepositories(window.localStorage));
  const { repositories, isLoading, isLoadingMore, isStale, error, retry, more } = useRepositories({ isWanted: true });
  const pasted = readPasted(text, github);
  const isSearch = pasted === null && readCommand(text, mentions).kind === "words";
  const usable = repositories.filter(({ canWrite }) => canWrite);
  const isRecent = ({ fullName }: RepositoryView) => recent.includes(fullName);
  const choose = ({ fullName, selected }: RepositoryView) => {
    if (selected) return go({ page: "issue", repository: fullName, command });
    // Porter would refuse the task.
    close();
    router.push("/settings/repositories");
  };
  const groups = [
    { heading: "Recent", list: usable.filter(isRecent).toSorted(by(recent)) },
    { heading: "Repositories", list: usable.filter((one) => !isRecent(one)) },
  ];
  return (
    <Command label="Repositories" loop>
      <CommandInput
        ref={focusNow}
        value={text}
        onValueChange={setText}
        placeholder="Repository, or paste an issue's address"
        before={command === "" ? null : <CommandChip command={command} />}
        onKeyDown={(event) => {
          if (event.key === "Backspace" && text === "") go({ page: "root" });
        }}
      />
      {isLoading || error !== null || !isSearch ? null : (
        <CommandEmpty>
          {isLoadingMore
            ? "Not among the repositories so far; the rest is loading."
            : usable.length === 0
              ? "The App is installed in no repository that you may write to."
              : "No repository matches."}
          <br />
          <Link href="/account" onClick={close} className="link">
            Installations
          </Link>
        </CommandEmpty>
      )}
      <TypedNote text={text} pasted={pasted} />
      {isLoading ? <LoadingItems /> : null}
      {error === null ? null : <ListProblem error={error} retry={retry} close={close} />}
      {isStale ? <ListNote>GitHub does not answer; this is its list from before.</ListNote> : null}
      <CommandList>
        <PastedItem text={text} pasted={pasted} command={command} go={go} />
        <TypedCommand text={text} put={setText} go={() => go({ page: "repository", command: text })} />
        {groups.map(({ heading, list }) =>
          list.length === 0 ? null : (
            <CommandGroup key={heading} heading={heading}>
              {list.map((repository) => (
                <CommandItem key={repository.id} value={repository.fullName} onSelect={() => choose(repository)}>
                  <FolderGit2 aria-hidden />
                  <span className="min-w-0 truncate">{repository.fullName}</span>
                  {repository.private ? <Private /> : null}
                  {repository.selected ? null : <Badge>not selected: choose it in the settings</Badge>}
                  <span className="ml-auto shrink-0 text-xs text-soft tabular">
                    {repository.openIssues === 0 ? null : `${repository.openIssues} open`}
                  </span>
                </CommandItem>
              ))}
            </CommandGroup>
          ),
        )}
        {more === null ? null : (
          <CommandGroup forceMount>
            <CommandItem forceMount value="more repositories" onSelect={more}>
              Load more repositories
            </CommandItem>
          </CommandGroup>
        )}
      </CommandList>
    </Command>
  );
}

const by = (recent: string[]) => (one: RepositoryView, two: RepositoryView) =>
  recent.indexOf(one.fullName) - recent.indexOf(two.fullName);

const CommandChip = ({ command }: { command: string }) => (
  <code title={command} className="max-w-40 shrink-0 truncate rounded-sm bg-hover px-1.5 py-0.5 font-mono text-xs">
    {command}
  </code>
);
