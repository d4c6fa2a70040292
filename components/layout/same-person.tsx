"use client";
import { useEffect } from "react";

/** Where the tabs of a browser tell each other who is signed in. */
const KEY = "porter_login";

function remembered(): string | null {
  try {
    return window.localStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing for us has no tabs that could hear each other.
    return null;
  }
}

function remember(login: string): void {
  try {
    window.localStorage.setItem(KEY, login);
  } catch {}
}

/**
 * Loads the page again once somebody else has signed in by another tab: its rows are of the person before, and its
 * stream would bring those of the next.
 */
export function SamePerson({ login }: { login: string }) {
  useEffect(() => {
    remember(login);
    const look = () => {
      const current = remembered();
      if (current !== null && current !== login) window.location.reload();
    };
    window.addEventListener("storage", look);
    window.addEventListener("pageshow", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      window.removeEventListener("storage", look);
      window.removeEventListener("pageshow", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [login]);
  return null;
}
