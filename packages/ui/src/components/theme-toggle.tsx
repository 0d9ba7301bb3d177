'use client';
/**
 * System, light or dark. The choice lives in a cookie, so that the server already renders `data-theme`
 * and nothing flashes; `system` is the absence of both.
 */
import { Monitor, Moon, Sun } from 'lucide-react';
import { useEffect, useState } from 'react';
import { THEME_COOKIE, type Theme, toTheme } from '../format/theme.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { IconButton } from './button.tsx';
import { DropdownMenu, type MenuEntry } from './menu.tsx';

const THEME_COOKIE_SECONDS = 31_536_000;

export function setTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  const age = theme === 'system' ? 0 : THEME_COOKIE_SECONDS;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https; this must work on plain http
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${age}; samesite=lax`;
}

/** The chosen theme and its setter; every caller on the page follows. */
export function useTheme(): readonly [theme: Theme, set: (theme: Theme) => void] {
  const [theme, setState] = useState<Theme>('system');
  useEffect(() => {
    const read = () => setState(toTheme(document.documentElement.dataset.theme));
    read();
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  return [theme, setTheme];
}

/** The choice as entries, for a larger menu such as the user's. */
export function useThemeEntry(): MenuEntry {
  const { labels } = useUi();
  const [theme, set] = useTheme();
  return {
    kind: 'choice',
    value: theme,
    onValueChange: (value) => set(toTheme(value)),
    options: [
      { value: 'system', label: labels.themeSystem, icon: <Monitor aria-hidden /> },
      { value: 'light', label: labels.themeLight, icon: <Sun aria-hidden /> },
      { value: 'dark', label: labels.themeDark, icon: <Moon aria-hidden /> },
    ],
  };
}

export function ThemeToggle() {
  const { labels } = useUi();
  const entry = useThemeEntry();
  const [theme] = useTheme();
  const Icon = theme === 'light' ? Sun : theme === 'dark' ? Moon : Monitor;
  return (
    <DropdownMenu
      trigger={
        <IconButton label={labels.theme} tooltip={false}>
          <Icon />
        </IconButton>
      }
      entries={[entry]}
      className="min-w-36"
    />
  );
}
