import clsx from "clsx";
import { ChevronRight } from "lucide-react";
import { useMemo } from "react";
import { DiffStat } from "@/components/tasks/outcome";
import { type ChangedFile, fileAnchor, type TreeNode, treeOf } from "./changed-files";

/** Changed files by folder; each leads to its diff. Folders close. */
export function FileTree({ files }: { files: readonly ChangedFile[] }) {
  const nodes = useMemo(() => treeOf(files), [files]);
  return <Nodes nodes={nodes} />;
}

const Nodes = ({ nodes, className }: { nodes: readonly TreeNode[]; className?: string }) => (
  <ul className={className}>
    {nodes.map((node) => (
      <li key={node.is === "file" ? node.file.path : `${node.path}/`}>
        {node.is === "file" ? (
          <FileLink name={node.name} file={node.file} />
        ) : (
          <details open className="group/folder">
            <summary
              title={node.path}
              className="flex h-7 cursor-pointer list-none items-center gap-1 rounded-sm px-1.5 text-soft hover:bg-hover [&::-webkit-details-marker]:hidden"
            >
              <ChevronRight aria-hidden className="size-3.5 shrink-0 [[open]>summary>&]:rotate-90" />
              <span className="truncate font-mono text-xs">{node.name}</span>
            </summary>
            <Nodes nodes={node.nodes} className="ml-3 border-l border-line pl-1" />
          </details>
        )}
      </li>
    ))}
  </ul>
);

const KINDS = {
  added: { letter: "A", look: "text-good", word: "added" },
  deleted: { letter: "D", look: "text-bad", word: "deleted" },
  renamed: { letter: "R", look: "text-soft", word: "renamed" },
};

function FileLink({ name, file: { path, stat, kind } }: { name: string; file: ChangedFile }) {
  const mark = kind === "changed" ? null : KINDS[kind];
  return (
    <a
      href={`#${fileAnchor(path)}`}
      title={mark === null ? path : `${path} (${mark.word})`}
      className="flex h-7 items-center gap-2 rounded-sm px-1.5 hover:bg-hover"
    >
      <span className={clsx("min-w-0 flex-1 truncate font-mono text-xs", kind === "deleted" && "line-through")}>
        {name}
      </span>
      {mark === null ? null : (
        <span className={clsx("shrink-0 text-xs font-medium", mark.look)}>
          <span aria-hidden>{mark.letter}</span>
          <span className="sr-only">{mark.word}</span>
        </span>
      )}
      {stat === null ? null : (
        <span className="shrink-0 text-xs">
          <DiffStat {...stat} />
        </span>
      )}
    </a>
  );
}
