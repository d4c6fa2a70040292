"use client";
import { useMentions } from "@/components/layout/mention";
import {
  ChartNoAxesColumn,
  Code,
  ListChecks,
  LogOut,
  type LucideIcon,
  Monitor,
  Moon,
  Plus,
  Rocket,
  Search,
  Settings,
  Sun,
  UserRound,
} from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { setTheme } from "@/components/layout/theme-switch";
import { SECTIONS } from "@/components/settings/sections";
import { Command, CommandGroup, CommandInput, CommandItem, CommandList } from "@/components/ui/command";
import { focusNow } from "@/components/ui/focus";
import { FILTER_LIMITS, writeFilter } from "@/lib/task-filter";
import { THEMES } from "@/lib/theme";
import { readPasted } from "./issue-reference";
import type { PageProps } from "./palette-view";
import { readCommand } from "./task-choice";
import { TaskItems } from "./task-items";
import { PastedItem, TypedCommand, TypedNote } from "./typed-command";

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

export function RootPage({ login, github, typed, go, close }: PageProps & { login: string }) {
  const router = useRouter();
  const [text, setText] = useState(typed);
  const mentions = useMentions();
  const reading = readCommand(text, mentions);
  const pasted = readPasted(text, github);
  const words = text.trim().slice(0, FILTER_LIMITS.text);
  const isSearch = words !== "" && reading.kind === "words" && pasted === null;
  const visit = (path: string) => {
    close();
    router.push(path);
  };
  return (
    <Command label="Search and commands" loop filter={hasWords}>
      <CommandInput
        ref={focusNow}
        value={text}
        onValueChange={setText}
        placeholder={`Search, paste an issue, or type @${mentions[0]} …`}
      />
      <TypedNote text={text} pasted={pasted} />
      <CommandList>
        <PastedItem text={text} pasted={pasted} command="" go={go} />
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
          <TaskItems text={text} close={close} visit={visit} />
        </CommandGroup>
        <CommandGroup heading="Go to">
          {PAGES.map(({ word, path, Icon, keywords }) => (
            <CommandItem key={path} value={`go to ${word}`} keywords={keywords ?? []} onSelect={() => visit(path)}>
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
        {isSearch ? (
          <CommandGroup heading="Search" forceMount>
            <CommandItem forceMount value="all tasks" onSelect={() => visit(`/tasks?${writeFilter({ text: words })}`)}>
              <Search aria-hidden />
              <span className="min-w-0 truncate">List the tasks with “{words}”</span>
            </CommandItem>
          </CommandGroup>
        ) : null}
      </CommandList>
    </Command>
  );
}

/** Every word as it is typed. Letters strewn over a title would match nearly everything. */
function hasWords(value: string, search: string, keywords: string[] = []): number {
  const text = `${value} ${keywords.join(" ")}`.toLowerCase();
  const words = search.toLowerCase().trim();
  if (text.includes(words)) return 1;
  return words.split(/\s+/).every((word) => text.includes(word)) ? 0.5 : 0;
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
