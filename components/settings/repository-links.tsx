"use client";
import Link from "next/link";
import { useState } from "react";
import { problemSentence } from "@/components/layout/problem";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { SettingsSection } from "./field-row";
import { useRepositories } from "./use-repositories";

/** The way to the page of each repository. */
export function RepositoryLinks() {
  const [isOpen, setOpen] = useState(false);
  return (
    <SettingsSection
      id="repository-settings"
      title="For everybody in a repository"
      lead="Whoever can write to a repository can say how its machines are set up and what holds for every later run in it, whoever asks. Each has a page for that."
    >
      <div className="py-4">
        {isOpen ? <Links /> : <Button onClick={() => setOpen(true)}>Choose a repository</Button>}
      </div>
    </SettingsSection>
  );
}

function Links() {
  const { repositories, isLoading, error, retry } = useRepositories({ isWanted: true });
  if (isLoading) return <Skeleton className="h-8 w-full" />;
  if (error !== null)
    return (
      <Notice tone="bad">
        {problemSentence(error)}{" "}
        <Button size="sm" onClick={retry}>
          Try again
        </Button>
      </Notice>
    );
  const writable = repositories.filter(({ canWrite }) => canWrite);
  if (writable.length === 0) return <p className="text-soft">There is none that you can write to.</p>;
  return (
    <ul aria-label="Repositories that you can write to" className="max-h-[28rem] overflow-y-auto">
      {writable.map(({ id, fullName }) => (
        <li key={id}>
          <Link href={`/repositories/${fullName}`} prefetch={false} className="link inline-block py-1.5">
            {fullName}
          </Link>
        </li>
      ))}
    </ul>
  );
}
