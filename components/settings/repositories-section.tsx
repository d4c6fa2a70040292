"use client";
import { Search } from "lucide-react";
import { useState } from "react";
import { problemSentence } from "@/components/layout/problem";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { Private } from "./private";
import type { RepositoryView } from "@/lib/github-data";
import { SettingsSection } from "./field-row";
import { LiveInput } from "./live-input";
import { SETTINGS } from "./setting";
import { useRepositories } from "./use-repositories";
import { useSettings } from "./use-settings";

const setting = SETTINGS.selectedRepos;
const key = (name: string) => name.toLowerCase();

export function RepositoriesSection() {
  const { shown, mistakes, set } = useSettings();
  const selected = setting.read(shown);
  const [isChoosing, setChoosing] = useState(selected.length > 0);
  const all = !isChoosing && selected.length === 0;
  const chooseAll = () => {
    setChoosing(false);
    set(setting, []);
  };
  return (
    <SettingsSection
      id="repositories"
      title="Repositories"
      lead="Porter acts only where the App is installed and, of these, only in the ones you choose here. A mention elsewhere gets one reply that leads to this page."
    >
      <fieldset className="py-4">
        <legend className="sr-only">Where Porter acts for you</legend>
        <label className="flex cursor-pointer items-center gap-2 py-1">
          <input type="radio" name="selection" className="accent-ink" checked={all} onChange={chooseAll} />
          Every repository where the App is installed
        </label>
        <label className="flex cursor-pointer items-center gap-2 py-1">
          <input
            type="radio"
            name="selection"
            className="accent-ink"
            checked={!all}
            onChange={() => setChoosing(true)}
          />
          Only the ones I choose
        </label>
        {mistakes[setting.id] === undefined ? null : <p className="mt-1 text-bad">{mistakes[setting.id]}</p>}
      </fieldset>
      {all ? null : <Choice selected={selected} put={(next) => set(setting, next)} />}
    </SettingsSection>
  );
}

function Choice({ selected, put }: { selected: string[]; put: (next: string[]) => void }) {
  const { repositories, isLoading, isStale, error, retry, more } = useRepositories({ isWanted: true });
  const [search, setSearch] = useState("");
  const chosen = new Set(selected.map(key));
  const words = search.trim().toLowerCase();
  const known = new Set(repositories.map(({ fullName }) => key(fullName)));
  // A chosen one that GitHub no longer lists (access lost, App removed) must stay removable.
  const unknown = selected.filter((name) => !known.has(key(name)));
  const matches = repositories.filter(({ fullName }) => key(fullName).includes(words));
  const toggle = (name: string) =>
    put(chosen.has(key(name)) ? selected.filter((other) => key(other) !== key(name)) : [...selected, name]);
  return (
    <div className="py-4">
      <div className="flex flex-wrap items-center gap-3">
        <span className="relative min-w-0 flex-1 basis-60">
          <Search aria-hidden className="absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-faint" />
          <LiveInput
            type="search"
            aria-label="Search repositories"
            placeholder="Search repositories"
            className="pl-8"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </span>
        <output className="text-soft tabular">
          {selected.length === 0 ? "None chosen" : `${selected.length} chosen`}
        </output>
      </div>
      {selected.length === 0 ? (
        <Notice tone="waiting">As long as none is chosen, every repository counts.</Notice>
      ) : null}
      {isStale ? <Notice tone="waiting">GitHub does not answer; this is its list from before.</Notice> : null}
      {error === null ? null : (
        <Notice tone="bad">
          {problemSentence(error)}{" "}
          <Button size="sm" onClick={retry}>
            Try again
          </Button>
        </Notice>
      )}
      {isLoading ? (
        <Loading />
      ) : (
        <ul aria-label="Repositories" className="mt-2 max-h-[28rem] overflow-y-auto">
          {words === ""
            ? unknown.map((name) => (
                <Row key={name} name={name} isChosen toggle={() => toggle(name)}>
                  {error === null ? <Badge tone="waiting">not reachable</Badge> : null}
                </Row>
              ))
            : null}
          {matches.map((repository) => (
            <Row
              key={repository.id}
              name={repository.fullName}
              isChosen={chosen.has(key(repository.fullName))}
              toggle={() => toggle(repository.fullName)}
            >
              <Marks repository={repository} />
            </Row>
          ))}
        </ul>
      )}
      {!isLoading && error === null && matches.length === 0 ? (
        <p className="py-4 text-soft">
          {words === ""
            ? "The App is installed in no repository that you can reach."
            : `Nothing matches "${search.trim()}".`}
        </p>
      ) : null}
      {more === null ? null : (
        <Button className="mt-2" onClick={more}>
          Load more
        </Button>
      )}
    </div>
  );
}

const Loading = () => (
  <div className="mt-3 grid gap-3">
    {[0, 1, 2, 3, 4].map((row) => (
      <Skeleton key={row} className="h-5 w-72" />
    ))}
  </div>
);

type RowProps = { name: string; isChosen: boolean; toggle: () => void; children?: React.ReactNode };

const Row = ({ name, isChosen, toggle, children }: RowProps) => (
  <li>
    <label className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 hover:bg-hover">
      <input type="checkbox" className="size-4 accent-ink" checked={isChosen} onChange={toggle} />
      <span className="min-w-0 truncate">{name}</span>
      {children}
    </label>
  </li>
);

const Marks = ({ repository }: { repository: RepositoryView }) => (
  <>
    {repository.private ? <Private /> : null}
    {repository.canWrite ? null : <Badge>read only</Badge>}
  </>
);
