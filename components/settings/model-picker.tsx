"use client";
import { ChevronsUpDown } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { loadPart } from "@/components/layout/late";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { AGENTS, type AgentId } from "@/lib/agents";

/** With the catalogue: loaded when somebody chooses. */
const ModelList = dynamic(() => loadPart(() => import("./model-list")), {
  ssr: false,
  loading: () => <p className="p-4 text-soft">Loading models…</p>,
});

type ModelPickerProps = {
  agent: AgentId;
  /** null: the agent's default. */
  value: string | null;
  onChange: (model: string | null) => void;
};

/** The model of an agent: its default, one of the catalogue, or a name typed by hand. */
export function ModelPicker({ agent, value, onChange }: ModelPickerProps) {
  const [isOpen, setOpen] = useState(false);
  const { name, defaultModel } = AGENTS[agent];
  if (defaultModel === null) return <p className="py-1.5 text-soft">{name} chooses its models itself.</p>;
  const choose = (model: string | null) => {
    onChange(model);
    setOpen(false);
  };
  return (
    <>
      <Button
        className="w-full justify-between! border-edge/60! font-normal!"
        aria-haspopup="dialog"
        aria-label={`Model of ${name}: ${value ?? `default, ${defaultModel}`}`}
        onClick={() => setOpen(true)}
      >
        <span className="min-w-0 truncate">
          {value ?? (
            <>
              Default <span className="text-soft">({defaultModel})</span>
            </>
          )}
        </span>
        <ChevronsUpDown aria-hidden />
      </Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={`Model of ${name}`} isTitleHidden>
        <ModelList agent={agent} defaultModel={defaultModel} value={value} choose={choose} />
      </Dialog>
    </>
  );
}
