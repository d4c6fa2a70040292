"use client";
import { useQuery } from "@tanstack/react-query";
import {
  ChartNoAxesColumn,
  CirclePlay,
  Code,
  Hand,
  ListChecks,
  LogOut,
  type LucideIcon,
  Monitor,
  Moon,
  Plus,
  Rocket,
  Settings,
  Sun,
  UserRound,
  WandSparkles,
} from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { apiClient } from "@/components/layout/api-client";
import { problemSentence } from "@/components/layout/problem";
import { setTheme } from "@/components/layout/theme-switch";
import { useTRPC } from "@/components/layout/trpc-provider";
import { SECTIONS } from "@/components/settings/sections";
import { StateIcon } from "@/components/tasks/state-icon";
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { focusNow } from "@/components/ui/focus";
import { toast } from "@/components/ui/toast";
import type { TaskView } from "@/lib/task-view";
import { THEMES } from "@/lib/theme";
import { issueReference } from "./issue-reference";
import { ListNote } from "./list-note";
import type { PageProps } from "./palette";
import { readCommand } from "./task-choice";

const PAGES: { word: string; path: string; Icon: LucideIcon; keywords?: string[] }[] = [
  { word: "Tasks", path: "/tasks", Icon: ListChecks, keywords: ["running", "list"] },
  { word: "History", path: "/history", Icon: ChartNoAxesColumn, keywords: ["cost", "charts"] },
  ...Object.entries(SECTIONS).map(([id, word]) => ({
    word: `Settings: ${word}`,
    path: `/settings/${id}`,
    Icon: Settings,
  })),
  {
    word: "Account and sessions",
    path: "/account",
    Icon: UserRound,
    keywords: ["diagnostics", "installations", "delete"],
  },
  { word: "Set up Porter", path: "/start", Icon: Rocket, keywords: ["onboarding", "wizard"] },
  { word: "API reference", path: "/docs/api", Icon: Code, keywords: ["rest", "openapi"] },
];
const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon };

export function RootPage({ login, go, close }: PageProps & { login: string }) {
  const router = useRouter();
  const [text, setText] = useState("");
  const reading = readCommand(text);
  const issue = issueReference(text);
  const visit = (path: string) => {
    close();
    router.push(path);
  };
  return (
    <Command label="Search and commands" loop>
      <CommandInput
        ref={focusNow}
        value={text}
        onValueChange={setText}
        placeholder="Search, paste an issue, or type @porter …"
      />
      <CommandList>
        {reading.kind === "words" && issue === null ? <CommandEmpty>Nothing matches.</CommandEmpty> : null}
        {issue === null ? null : (
          <CommandGroup heading="Issue" forceMount>
            <CommandItem forceMount value={`issue ${text}`} onSelect={() => go({ page: "review", issue, command: "" })}>
              <CirclePlay aria-hidden />
              Start a task on {issue.owner}/{issue.name}#{issue.number}
            </CommandItem>
          </CommandGroup>
        )}
        <TypedCommand text={text} put={setText} go={() => go({ page: "repository", command: text })} />
        <CommandGroup heading="Tasks">
          <CommandItem
            value="new task dispatch start"
            keywords={["dispatch", "start", "agent"]}
            onSelect={() => go({ page: "repository", command: "" })}
          >
            <Plus aria-hidden />
            New task
          </CommandItem>
          <RunningTasks isSearched={text !== ""} close={close} visit={visit} />
        </CommandGroup>
        <CommandGroup heading="Go to">
          {PAGES.map(({ word, path, Icon, keywords }) => (
            <CommandItem key={path} value={`go to ${word}`} keywords={keywords} onSelect={() => visit(path)}>
              <Icon aria-hidden />
              {word}
            </CommandItem>
          ))}
        </CommandGroup>
        <CommandGroup heading="Look">
          {THEMES.map((theme) => {
            const Icon = THEME_ICONS[theme];
            return (
              <CommandItem
                key={theme}
                value={`theme ${theme}`}
                onSelect={() => {
                  setTheme(theme);
                  close();
                }}
              >
                <Icon aria-hidden />
                Theme: {theme}
              </CommandItem>
            );
          })}
          <SignOut login={login} />
        </CommandGroup>
      </CommandList>
    </Command>
  );
}

type TypedCommandProps = { text: string; put: (text: string) => void; go: () => void };

/** Text that begins with the mention, read as a comment would be; a mistake offers what was meant. */
function TypedCommand({ text, put, go }: TypedCommandProps) {
  const reading = readCommand(text);
  if (reading.kind === "words") return null;
  if (reading.kind === "other") return <ListNote tone="bad">{reading.sentence}</ListNote>;
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
  const { what, suggestion, correctForm } = reading.mistake;
  return (
    <>
      <ListNote tone="bad">
        "{what}" starts nothing. {suggestion === null ? null : `${suggestion} was meant?`}
      </ListNote>
      <CommandGroup forceMount>
        <CommandItem forceMount value={`correct ${correctForm}`} onSelect={() => put(correctForm)}>
          <WandSparkles aria-hidden />
          <span className="min-w-0 truncate">
            Write <code className="font-mono text-xs">{correctForm}</code>
          </span>
        </CommandItem>
      </CommandGroup>
    </>
  );
}

/** How many tasks stand there unasked, so that the other groups stay in sight. */
const UNASKED_TASKS = 5;

type RunningTasksProps = { isSearched: boolean; close: () => void; visit: (path: string) => void };

/** Tasks that go on: the newest to open, and once something is typed all of them, to open or to stop. */
function RunningTasks({ isSearched, close, visit }: RunningTasksProps) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.tasks.list.queryOptions({ status: ["running", "queued"], limit: 20 }));
  const bad = (error: unknown) => toast(problemSentence(error), { tone: "bad" });
  // Not a mutation of this window: it is closed when the answer comes.
  const stopOne = ({ id, issueTitle, status }: TaskView) => {
    close();
    const again = () => void apiClient.tasks.retry.mutate({ id }).catch(bad);
    const label = status === "queued" ? "Undo" : "Start again";
    apiClient.tasks.stop
      .mutate({ id })
      .then(() => toast(`Stopped “${issueTitle}”`, { undo: { label, onClick: again } }), bad);
  };
  const tasks = isSearched ? data?.tasks : data?.tasks.slice(0, UNASKED_TASKS);
  return tasks?.flatMap((task) => {
    const words = `${task.issueTitle} ${task.repoOwner}/${task.repoName}#${task.issueNumber}`;
    const where = <span className="ml-auto shrink-0 text-xs text-soft">{`${task.repoName}#${task.issueNumber}`}</span>;
    const open = (
      <CommandItem key={task.id} value={`open ${words} ${task.id}`} onSelect={() => visit(`/tasks/${task.id}`)}>
        <StateIcon task={task} />
        <span className="min-w-0 truncate">{task.issueTitle}</span>
        {where}
      </CommandItem>
    );
    if (!isSearched) return [open];
    return [
      open,
      <CommandItem key={`stop-${task.id}`} value={`stop ${words} ${task.id}`} onSelect={() => stopOne(task)}>
        <Hand aria-hidden />
        <span className="min-w-0 truncate">Stop “{task.issueTitle}”</span>
        {where}
      </CommandItem>,
    ];
  });
}

/** A form, as in the user's menu: signing out is a write. */
function SignOut({ login }: { login: string }) {
  const send = () => {
    const form = document.createElement("form");
    form.method = "post";
    form.action = "/api/auth/logout";
    document.body.appendChild(form);
    form.submit();
  };
  return (
    <CommandItem value="sign out log out" onSelect={send}>
      <LogOut aria-hidden />
      Sign out <span className="text-soft">{login}</span>
    </CommandItem>
  );
}
