"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/layout/trpc-provider";
import type { DiffView, WorkView } from "@/lib/work-view";
import { type ChangedFile, inTreeOrder } from "./changed-files";
import { splitPatch } from "./split-patch";

/** A larger patch is for download: the page would stand still while it is read. */
const MOST_PATCH_BYTES = 2 * 1024 ** 2;

/** `machine`: as it was handed over, and nobody has written it yet. */
export type WorkDiff = { source: "github" | "machine"; files: ChangedFile[]; isWhole: boolean };

/** The change of a task, by whoever knows it best. Undefined while it is on its way; null: nobody tells. */
export function useWorkDiff(id: string, work: WorkView | null, isWanted: boolean): WorkDiff | null | undefined {
  const trpc = useTRPC();
  const { handedOver, facts } = work ?? { handedOver: null, facts: null };
  const isWritten = facts?.branch != null || facts?.pull != null;
  const isSmall = (handedOver?.patchBytes ?? Infinity) <= MOST_PATCH_BYTES;
  const github = useQuery(
    trpc.tasks.diff.queryOptions({ id }, { enabled: isWanted && isWritten, staleTime: Infinity }),
  );
  const asksMachine = isWanted && isSmall && (!isWritten || github.data === null || github.isError);
  const machine = useQuery({
    queryKey: ["patch", id, handedOver?.attempt, handedOver?.number],
    queryFn: () => readPatch(id, handedOver?.attempt ?? 1),
    enabled: asksMachine,
    staleTime: Infinity,
  });
  if (github.data) return fromGitHub(github.data);
  if (machine.data !== undefined) return { source: "machine", files: machine.data, isWhole: true };
  const isOnItsWay = isWanted && ((isWritten && github.isPending) || (asksMachine && machine.isPending));
  return isOnItsWay ? undefined : null;
}

async function readPatch(id: string, attempt: number): Promise<ChangedFile[]> {
  const answer = await fetch(`/api/tasks/${id}/changes.patch?attempt=${attempt}`);
  if (!answer.ok) throw new Error(`the patch answered ${answer.status}`);
  return inTreeOrder(splitPatch(await answer.text()));
}

const fromGitHub = ({ files, isWhole }: NonNullable<DiffView>): WorkDiff => ({
  source: "github",
  isWhole,
  files: inTreeOrder(
    files.map(({ path, from, kind, additions, deletions, patch }, n) => ({
      path,
      kind,
      stat: { additions, deletions },
      patches: [{ n, text: patch ?? "", notes: notesOn({ from, kind, patch }) }],
    })),
  ),
});

const KIND_WORDS = { added: ["New file"], deleted: ["Deleted"], renamed: [], changed: [] };

const notesOn = ({ from, kind, patch }: Pick<NonNullable<DiffView>["files"][number], "from" | "kind" | "patch">) => [
  ...KIND_WORDS[kind],
  ...(from === null ? [] : [`Renamed from ${from}`]),
  ...(patch === null ? ["GitHub shows no lines of it"] : []),
];
