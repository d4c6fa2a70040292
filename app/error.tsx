"use client";
import { useRouter } from "next/navigation";
import { startTransition } from "react";
import { Button } from "@/components/ui/button";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const router = useRouter();
  // What failed on the server has to be asked for again: `reset` alone shows the same failure.
  const again = () =>
    startTransition(() => {
      router.refresh();
      reset();
    });
  return (
    <main id="content" className="mx-auto max-w-xl px-4 py-24">
      <h1 className="text-2xl font-semibold">This page could not be shown</h1>
      <p className="mt-3 mb-5 text-base text-soft">
        Your tasks go on meanwhile.{error.digest === undefined ? null : ` Id: ${error.digest}`}
      </p>
      <Button tone="primary" onClick={again}>
        Try again
      </Button>
    </main>
  );
}
