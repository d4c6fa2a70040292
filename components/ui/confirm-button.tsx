"use client";
import { useRef, useState } from "react";
import { Button } from "./button";
import { focusNow } from "./focus";

type ConfirmButtonProps = {
  label: string;
  question: string;
  confirm: string;
  /** The answer that changes nothing. */
  leave?: string;
  disabled: boolean;
  onConfirm: () => void;
};

/** For what cannot be taken back: asks once, in place. The focus goes along, to the answer that changes nothing. */
export function ConfirmButton({
  label,
  question,
  confirm,
  leave = "Keep it",
  disabled,
  onConfirm,
}: ConfirmButtonProps) {
  const [asking, setAsking] = useState(false);
  const wasAsked = useRef(false);
  if (!asking) {
    const takeBack = (button: HTMLButtonElement | null) => {
      if (wasAsked.current) button?.focus();
    };
    return (
      <Button ref={takeBack} disabled={disabled} onClick={() => setAsking(true)}>
        {label}
      </Button>
    );
  }
  const close = () => {
    wasAsked.current = true;
    setAsking(false);
  };
  const answer = () => {
    close();
    onConfirm();
  };
  return (
    <span className="flex flex-wrap items-center gap-2">
      <span className="text-sm">{question}</span>
      <Button tone="danger" disabled={disabled} onClick={answer}>
        {confirm}
      </Button>
      <Button ref={focusNow} onClick={close}>
        {leave}
      </Button>
    </span>
  );
}
