"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/layout/trpc-provider";
import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";

/** The prompt to the letter, and what was left out of what people wrote. */
export default function PromptView({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data, isError, refetch } = useQuery(trpc.tasks.prompt.queryOptions({ id }, { staleTime: Infinity }));
  if (isError)
    return (
      <p className="py-8 text-soft">
        The prompt could not be read.{" "}
        <button type="button" className="link" onClick={() => refetch()}>
          Try again
        </button>
      </p>
    );
  if (data === undefined) return <Skeleton className="mt-4 h-64" />;
  return (
    <div className="max-w-4xl py-4">
      {data.omissions.length === 0 ? null : (
        <Notice tone="waiting" className="mb-4">
          <p className="font-medium">Left out before it was sent</p>
          <ul className="mt-1 list-disc pl-5">
            {data.omissions.map(({ where, what, count }) => (
              <li key={`${where} ${what}`}>
                {count} × {what} in the {where}
              </li>
            ))}
          </ul>
          <p className="mt-1 text-soft">Nobody sees these on GitHub, so an agent must not obey them.</p>
        </Notice>
      )}
      {data.unheard.length === 0 ? null : (
        <div className="mb-4 text-soft">
          <p>Said on GitHub, and not sent:</p>
          <ul className="mt-1 list-disc pl-5">
            {data.unheard.map(({ where, what, count }) => (
              <li key={`${where} ${what}`}>
                {count} × {what}
              </li>
            ))}
          </ul>
        </div>
      )}
      {data.stays.length === 0 ? null : (
        <p className="mb-4 text-soft">
          Folded or drawn on GitHub, and sent as written:{" "}
          {data.stays.map(({ where, what, count }) => `${count} × ${what} in the ${where}`).join(", ")}.
        </p>
      )}
      <div className="flex items-center justify-between">
        <p className="text-soft">Exactly as the agent got it</p>
        <CopyButton text={data.prompt} label="Copy the prompt" />
      </div>
      <pre className="mt-2 rounded-md bg-sunken p-4 font-mono text-xs leading-[18px] break-words whitespace-pre-wrap">
        {data.prompt}
      </pre>
    </div>
  );
}
