"use client";
import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "./button";

const SHOWN_MS = 1600;

/** Copies a text and says so. `label` names what is copied, e.g. "Copy the task's id". */
export function CopyButton({ text, label, words }: { text: string; label: string; words?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <Button
      tone={words === undefined ? "quiet" : "plain"}
      size={words === undefined ? "icon" : "md"}
      aria-label={label}
      title={label}
      onClick={() => void copy()}
    >
      {copied ? <Check aria-hidden className="text-good" /> : <Copy aria-hidden />}
      {words === undefined ? null : copied ? "Copied" : words}
      <output className="sr-only">{copied ? "Copied" : ""}</output>
    </Button>
  );
}
