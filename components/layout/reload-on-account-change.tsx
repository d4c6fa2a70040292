"use client";
import { useEffect } from "react";
import { watchPerson } from "./watch-person";

/**
 * Loads the page again once somebody else has signed in by another tab: its rows are of the person before, and its
 * stream would bring those of the next.
 */
export function ReloadOnAccountChange({ login }: { login: string }) {
  useEffect(() => watchPerson(login, () => window.location.reload()), [login]);
  return null;
}
