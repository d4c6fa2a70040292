"use client";
import clsx from "clsx";
import { Monitor, Moon, Sun } from "lucide-react";
import { useState } from "react";
import { readTheme, type Theme, THEME_COOKIE, THEMES } from "@/lib/theme";
import { useIsHydrated } from "./clock";

const LOOKS = {
  system: { word: "System", Icon: Monitor },
  light: { word: "Light", Icon: Sun },
  dark: { word: "Dark", Icon: Moon },
};
const YEAR_S = 31_536_000;

/** Takes effect at once, without a request; the server reads the cookie with the next page. */
export function setTheme(theme: Theme): void {
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${YEAR_S}; samesite=lax`;
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}

export function ThemeSwitch() {
  const isHydrated = useIsHydrated();
  const [chosen, setChosen] = useState<Theme | null>(null);
  const current = chosen ?? (isHydrated ? readTheme(document.documentElement.dataset["theme"]) : "system");
  const choose = (theme: Theme) => {
    setTheme(theme);
    setChosen(theme);
  };
  return (
    <div role="radiogroup" aria-label="Theme" className="flex rounded-md bg-sunken p-0.5">
      {THEMES.map((theme) => {
        const { word, Icon } = LOOKS[theme];
        return (
          <label
            key={theme}
            className={clsx(
              "flex h-7 flex-1 cursor-pointer items-center justify-center gap-1.5 rounded-sm px-2 text-xs has-focus-visible:outline-2 has-focus-visible:outline-running",
              theme === current ? "bg-raised text-ink shadow-sm" : "text-soft hover:text-ink",
            )}
          >
            <input
              type="radio"
              name="theme"
              className="sr-only"
              checked={theme === current}
              onChange={() => choose(theme)}
            />
            <Icon aria-hidden className="size-3.5" />
            {word}
          </label>
        );
      })}
    </div>
  );
}
