"use client";
import { Notice } from "@/components/ui/notice";
import { useConnection } from "./connection";

const SIGN_IN = "/api/auth/github";

/** Says when what is shown may be old, and why. Takes no room while all is well. */
export function StaleBanner() {
  const connection = useConnection();
  if (connection === "lost")
    return (
      <Notice tone="waiting" className="mb-3">
        Porter cannot be reached. This is what was known before; it goes on by itself.
      </Notice>
    );
  if (connection !== "signed_out") return null;
  return (
    <Notice tone="bad" className="mb-3">
      You were signed out.{" "}
      <a href={SIGN_IN} className="link font-medium">
        Sign in again
      </a>{" "}
      to see what goes on.
    </Notice>
  );
}
