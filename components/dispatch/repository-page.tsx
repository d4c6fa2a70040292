"use client";
import { CirclePlay, FolderGit2 } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { problemSentence } from "@/components/layout/problem";
import { Private } from "@/components/settings/private";
import { useRepositories } from "@/components/settings/use-repositories";
import { Badge } from "@/components/ui/badge";
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { focusNow } from "@/components/ui/focus";
import type { RepositoryView } from "@/lib/github-data";
import { issueReference } from "./issue-reference";
import { recentRepositories } from "./last-choice";
import { ListNote, LoadingItems } from "./list-note";
import type { PageProps } from "./palette";

export function RepositoryPage({ command, go, close }: PageProps & { command: string }) {
  const [text, setText] = useState("");
  const [recent] = useState(() => recentRepositories(window.localStorage));
  const { repositories, isLoading, isStale, error } = useRepositories({ isWanted: true });
  const issue = issueReference(text);
  const usable = repositories.filter(({ canWrite }) => canWrite);
  const isRecent = ({ fullName }: RepositoryView) => recent.includes(fullName);
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
        onKeyDown={(event) => {
          if (event.key === "Backspace" && text === "") go({ page: "root" });
        }}
      />
      <CommandList>
        {issue === null ? null : (
          <CommandGroup heading="Issue" forceMount>
            <CommandItem forceMount value={`issue ${text}`} onSelect={() => go({ page: "review", issue, command })}>
              <CirclePlay aria-hidden />
              {issue.owner}/{issue.name}#{issue.number}
            </CommandItem>
          </CommandGroup>
        )}
        {isLoading ? <LoadingItems /> : null}
        {error === null ? null : <ListNote tone="bad">{problemSentence(error)}</ListNote>}
        {isStale ? <ListNote>GitHub does not answer; this is its list from before.</ListNote> : null}
        {isLoading || error !== null || issue !== null ? null : (
          <CommandEmpty>
            {usable.length === 0
              ? "The App is installed in no repository that you may write to."
              : "No repository matches."}
            <br />
            <Link href="/account" onClick={close} className="link">
              Installations
            </Link>
          </CommandEmpty>
        )}
        {groups.map(({ heading, list }) =>
          list.length === 0 ? null : (
            <CommandGroup key={heading} heading={heading}>
              {list.map((repository) => (
                <CommandItem
                  key={repository.id}
                  value={repository.fullName}
                  onSelect={() => go({ page: "issue", repository: repository.fullName, command })}
                >
                  <FolderGit2 aria-hidden />
                  <span className="min-w-0 truncate">{repository.fullName}</span>
                  {repository.private ? <Private /> : null}
                  {repository.selected ? null : <Badge>not selected</Badge>}
                  <span className="ml-auto shrink-0 text-xs text-soft tabular">
                    {repository.openIssues === 0 ? null : `${repository.openIssues} open`}
                  </span>
                </CommandItem>
              ))}
            </CommandGroup>
          ),
        )}
      </CommandList>
    </Command>
  );
}

const by = (recent: string[]) => (one: RepositoryView, two: RepositoryView) =>
  recent.indexOf(one.fullName) - recent.indexOf(two.fullName);
