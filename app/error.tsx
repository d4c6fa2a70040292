"use client";
import { Button } from "@/components/ui/button";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="mx-auto max-w-2xl px-4 py-20">
      <h1 className="text-xl font-semibold">This page could not be shown</h1>
      <p className="mt-2 mb-4 text-sm">
        Your tasks go on meanwhile.{error.digest === undefined ? null : ` Id: ${error.digest}`}
      </p>
      <Button tone="primary" onClick={reset}>
        Try again
      </Button>
    </main>
  );
}
