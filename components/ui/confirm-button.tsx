"use client";
import { useState } from "react";
import { Button } from "./button";

type ConfirmButtonProps = {
  label: string;
  question: string;
  confirm: string;
  disabled: boolean;
  onConfirm: () => void;
};

/** For what cannot be taken back: asks once, in place. */
export function ConfirmButton({ label, question, confirm, disabled, onConfirm }: ConfirmButtonProps) {
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <Button disabled={disabled} onClick={() => setAsking(true)}>
        {label}
      </Button>
    );
  }
  const answer = () => {
    setAsking(false);
    onConfirm();
  };
  return (
    <span className="flex flex-wrap items-center gap-2">
      <span className="text-sm">{question}</span>
      <Button tone="danger" disabled={disabled} onClick={answer}>
        {confirm}
      </Button>
      <Button onClick={() => setAsking(false)}>Keep it</Button>
    </span>
  );
}
