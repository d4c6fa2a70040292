"use client";
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";

type FieldProps<Value> = {
  id: string;
  label: string;
  value: Value;
  pending: boolean;
  save: (value: Value) => Promise<boolean>;
};

const input = "h-8 rounded border border-neutral-300 bg-transparent px-2 dark:border-neutral-700";

export function TextField({ id, label, value, pending, save }: FieldProps<string>) {
  const [text, setText] = useState(value);
  return (
    <Row id={id} label={label} dirty={text.trim() !== value} pending={pending} submit={() => save(text.trim())}>
      <input
        id={id}
        value={text}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setText(event.target.value)}
        className={`${input} min-w-0 flex-1 basis-56`}
      />
    </Row>
  );
}

export function NumberField({
  id,
  label,
  value,
  range,
  pending,
  save,
}: FieldProps<number> & { range: [number, number] }) {
  const [text, setText] = useState(String(value));
  return (
    <Row id={id} label={label} dirty={text !== String(value)} pending={pending} submit={() => save(Number(text))}>
      <input
        id={id}
        type="number"
        required
        min={range[0]}
        max={range[1]}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className={`${input} w-20`}
      />
    </Row>
  );
}

type RowProps = {
  id: string;
  label: string;
  dirty: boolean;
  pending: boolean;
  submit: () => Promise<boolean>;
  children: ReactNode;
};

function Row({ id, label, dirty, pending, submit, children }: RowProps) {
  const send = async (event: FormEvent) => {
    event.preventDefault();
    await submit();
  };
  return (
    <form onSubmit={(event) => void send(event)} className="flex flex-wrap items-center gap-2 py-2 text-sm">
      <label htmlFor={id} className="w-36 font-medium">
        {label}
      </label>
      {children}
      <Button type="submit" tone="primary" disabled={pending || !dirty}>
        Save
      </Button>
    </form>
  );
}
