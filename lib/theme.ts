/**
 * Light, dark or as the system says. Kept in a cookie, so that the server writes it into the first byte of a page:
 * no script before the first paint, no flash, nothing for the content security policy to allow.
 */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export const THEME_COOKIE = "porter_theme";

/** What a cookie's value says; anything else is `system`. */
export const readTheme = (value: string | undefined): Theme => THEMES.find((theme) => theme === value) ?? "system";
