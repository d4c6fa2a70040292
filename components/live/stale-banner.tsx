"use client";
import { Notice } from "@/components/ui/notice";
import { useConnection } from "./connection";

const SIGN_IN = "/api/auth/github";
/** Over the page: what is being read stays where it is. Toasts and selections have the other places of the bottom. */
const PLACE = "fixed bottom-18 left-4 z-30 max-w-[calc(100vw-2rem)] shadow-float sm:bottom-6 sm:max-w-sm";

/** Says when what is shown may be old, and why; the announcer reads it out. */
export function StaleBanner() {
  const connection = useConnection();
  if (connection === "lost")
    return (
      <Notice tone="waiting" className={PLACE} isSaid={false}>
        Porter cannot be reached. This is what was known before; it goes on by itself.
      </Notice>
    );
  if (connection !== "signed_out") return null;
  return (
    <Notice tone="bad" className={PLACE} isSaid={false}>
      You were signed out.{" "}
      <a href={SIGN_IN} className="link font-medium">
        Sign in again
      </a>{" "}
      to see what goes on.
    </Notice>
  );
}
