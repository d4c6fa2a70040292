"use client";
import { useQuery } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, RotateCw } from "lucide-react";
import { Time } from "@/components/layout/clock";
import { problemSentence } from "@/components/layout/problem";
import { useTRPC } from "@/components/layout/trpc-provider";
import { SettingsSection } from "@/components/settings/field-row";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { FixWords } from "@/components/ui/fix-words";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import type { DiagnosticCheck, Diagnostics as Found } from "@/lib/account";

/** What Porter may do with GitHub for this person, each part right or with its fix; asked when the page opens. */
export function Diagnostics() {
  const trpc = useTRPC();
  const { data, error, isFetching, refetch } = useQuery(
    trpc.account.diagnostics.queryOptions(undefined, { staleTime: 10_000, retry: false }),
  );
  return (
    <SettingsSection
      id="diagnostics"
      title="Diagnostics"
      lead="What Porter may do on GitHub for you, as GitHub says right now."
    >
      <div className="flex items-center gap-3 py-3">
        <output className="block min-w-0 flex-1">
          {data === undefined ? (
            isFetching ? (
              "Asking GitHub…"
            ) : null
          ) : data.ok ? (
            "Everything is right."
          ) : (
            <strong className="font-medium">Something needs you.</strong>
          )}
        </output>
        <Button size="sm" disabled={isFetching} onClick={() => void refetch()}>
          <RotateCw aria-hidden className={isFetching ? "animate-turn" : ""} />
          Check again
        </Button>
      </div>
      {error === null ? null : (
        <Notice tone="bad" className="my-3">
          {problemSentence(error)}
        </Notice>
      )}
      {data === undefined ? error === null ? <Loading /> : null : <Findings found={data} />}
    </SettingsSection>
  );
}

/** As high as the findings of somebody with one installation, so that what stands below stays where it is. */
const Loading = () => (
  <div className="grid h-66 content-start gap-3 py-4">
    {[0, 1, 2].map((row) => (
      <Skeleton key={row} className="h-5 w-2/3" />
    ))}
  </div>
);

function Findings({ found }: { found: Found }) {
  return (
    <>
      <ul className="py-2">
        {found.checks.map((check) => (
          <CheckRow key={check.name} check={check} />
        ))}
      </ul>
      {found.token.reconnectBy === null ? null : (
        <p className="py-3 text-soft">
          GitHub wants you to sign in again <Time at={found.token.reconnectBy} />.
        </p>
      )}
      {found.unheard.length === 0 ? null : <UnheardComments comments={found.unheard} />}
      <div className="py-4">
        <h3 className="font-medium">Installations</h3>
        {found.installations.length === 0 ? (
          <p className="mt-1 text-soft">The App is installed nowhere that you can reach.</p>
        ) : (
          <ul className="mt-1 divide-y divide-line">
            {found.installations.map((installation) => (
              <InstallationRow key={installation.id} installation={installation} />
            ))}
          </ul>
        )}
        <Button asChild className="mt-3">
          <a href={found.installUrl}>
            {found.installations.length === 0 ? "Install the App" : "Install on another account"}
          </a>
        </Button>
      </div>
    </>
  );
}

const UnheardComments = ({ comments }: { comments: Found["unheard"] }) => (
  <div className="py-4">
    <h3 className="font-medium">Comments of yours that started nothing</h3>
    <ul className="mt-1 divide-y divide-line">
      {comments.map(({ at, place, sentence, url }) => (
        <li key={`${url} ${at}`} className="py-2">
          <a href={url} className="link">
            {place}
          </a>{" "}
          <Time at={at} className="text-soft" /> <span className="block text-soft">{sentence}</span>
        </li>
      ))}
    </ul>
  </div>
);

const CheckRow = ({ check }: { check: DiagnosticCheck }) => (
  <li className="flex items-start gap-2 py-1.5">
    {check.ok ? (
      <CircleCheck aria-label="Right" className="mt-0.5 size-4 shrink-0 text-good" />
    ) : (
      <CircleAlert aria-label="Wrong" className="mt-0.5 size-4 shrink-0 text-bad" />
    )}
    <span className="min-w-0">
      {check.message} {check.fix === null ? null : <FixWords fix={check.fix} />}
    </span>
  </li>
);

function InstallationRow({ installation }: { installation: Found["installations"][number] }) {
  const missing = Object.entries(installation.permissions.missing);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
      <span className="font-medium">{installation.account}</span>
      <span className="text-soft">
        {installation.repositorySelection === "all" ? "all repositories" : "chosen repositories"}
      </span>
      {installation.suspended ? <Badge tone="bad">suspended</Badge> : null}
      {missing.length === 0 ? null : (
        <Badge tone="waiting">
          lacks {missing.map(([name, level]) => `${name.replaceAll("_", " ")} ${level}`).join(", ")}
        </Badge>
      )}
      {installation.limitedUntil === null ? null : (
        <Badge tone="waiting">
          GitHub's limit ends <Time at={installation.limitedUntil} />
        </Badge>
      )}
      <a href={installation.manageUrl} className="ml-auto link">
        Manage<span className="sr-only"> the installation on {installation.account}</span> on GitHub
      </a>
    </li>
  );
}
