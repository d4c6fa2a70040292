"use client";
import { useState } from "react";
import type { PalettePage } from "@/components/layout/palette";
import { TrpcProvider } from "@/components/layout/trpc-provider";
import { Dialog } from "@/components/ui/dialog";
import { IssuePage } from "./issue-page";
import type { PageProps, PaletteView } from "./palette-view";
import { RepositoryPage } from "./repository-page";
import { ReviewPage } from "./review-page";
import { RootPage } from "./root-page";

const TITLES: Record<PaletteView["page"], string> = {
  root: "Search and commands",
  repository: "New task: choose a repository",
  issue: "New task: choose an issue",
  review: "New task: review and start",
};

export type PaletteProps = {
  login: string;
  githubUrl: string;
  page: PalettePage;
  typed: string;
  close: () => void;
};

function beginningOf(page: PalettePage): PaletteView {
  if (page === "root") return { page };
  if (page === "dispatch") return { page: "repository", command: "" };
  return { page: "review", issue: page.retryOf, command: "", retryOf: page.retryOf };
}

/** Everything by keyboard: pages, sections, running tasks, themes, and the way from a repository to a started task. */
export default function Palette({ login, githubUrl, page, typed, close }: PaletteProps) {
  const [view, setView] = useState<PaletteView>(() => beginningOf(page));
  const [text, setText] = useState(typed);
  const go = (next: PaletteView) => {
    setText("");
    setView(next);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? null : close())}
      title={TITLES[view.page]}
      isTitleHidden
      className="max-w-xl"
    >
      <TrpcProvider>
        <Page view={view} login={login} github={githubUrl} typed={text} go={go} close={close} />
      </TrpcProvider>
    </Dialog>
  );
}

function Page({ view, login, ...ways }: PageProps & { view: PaletteView; login: string }) {
  switch (view.page) {
    case "root":
      return <RootPage login={login} {...ways} />;
    case "repository":
      return <RepositoryPage command={view.command} {...ways} />;
    case "issue":
      return <IssuePage repository={view.repository} command={view.command} {...ways} />;
    case "review":
      return <ReviewPage issue={view.issue} command={view.command} retryOf={view.retryOf ?? null} {...ways} />;
  }
}
