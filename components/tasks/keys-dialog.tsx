"use client";
import { Dialog } from "@/components/ui/dialog";
import { CommandKey } from "@/components/ui/command-key";
import { Kbd } from "@/components/ui/kbd";

const KEYS: [keys: string[], words: string][] = [
  [["j", "k"], "Next and previous task"],
  [["Enter"], "Open it"],
  [["x"], "Select it: s and r are then for all selected"],
  [["s"], "Stop it (twice)"],
  [["r"], "Retry it"],
  [["o"], "Open its issue"],
  [["p"], "Open its pull request"],
  [["n"], "New task"],
  [["/"], "Search"],
  [["[", "]"], "On a task: its neighbours"],
  [["n", "p"], "In its changes: next and previous file"],
  [["?"], "This"],
];

export default function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onOpenChange={onClose} title="Keys" className="max-w-sm">
      <dl className="grid grid-cols-[5rem_1fr] gap-y-2 p-4">
        {KEYS.map(([keys, words]) => (
          <div key={words} className="contents">
            <dt className="flex gap-1">
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
        <dt className="flex">
          <CommandKey with="K" />
        </dt>
        <dd>Everything</dd>
      </dl>
    </Dialog>
  );
}
