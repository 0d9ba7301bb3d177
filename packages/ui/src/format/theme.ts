/** The theme as a word. Pure, because the server renders `data-theme` from the cookie. */
export type Theme = 'system' | 'light' | 'dark';

export const THEME_COOKIE = 'tollgate_theme';

/** Anything unknown is `system`. */
export function toTheme(value: string | undefined): Theme {
  return value === 'light' || value === 'dark' ? value : 'system';
}
