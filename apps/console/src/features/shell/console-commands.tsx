'use client';
/** Command palette and keyboard of the console: mod+k, `g` then a letter, `?`. */
import { useQueries } from '@tanstack/react-query';
import { type CommandGroup, Kbd, setTheme, useShortcuts, useUi } from '@tollgate/ui';
import { Building2, LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { chooseOrganization } from '../../api/organization.ts';
import { useTexts } from '../../i18n/i18n-provider.tsx';
import { enterConsole, signOut } from '../auth/auth-api.ts';
import { later } from '../common/later.tsx';
import { useGo } from '../common/leaving.ts';
import { type CommandSource, useCommandState, useOpenCommands } from './command-sources.tsx';
import { type ConsolePage, pagesOf } from './navigation.ts';
import { ShortcutHelp } from './shortcut-help.tsx';
import { useMe } from './use-me.ts';

const CommandPalette = later(async () => (await import('./command-palette.ts')).CommandPalette);
const SEARCH_FROM_LETTERS = 2;

export function ConsoleCommands() {
  const go = useGo();
  const { open, sources } = useCommandState();
  const setOpen = useOpenCommands();
  const [helpOpen, setHelpOpen] = useState(false);
  const [query, setQuery] = useState('');
  const shownPages = usePages();
  const { groups, loading } = useGroups(query, shownPages, sources);
  const changeOpen = (next: boolean) => {
    setQuery('');
    setOpen(next);
  };
  useShortcuts({
    'mod+k': () => changeOpen(!open),
    '/': () => changeOpen(true),
    '?': () => setHelpOpen(true),
    ...Object.fromEntries(
      shownPages.flatMap(({ key, href }) => (key === undefined ? [] : [[`g ${key}`, () => go(href)]])),
    ),
  });
  return (
    <>
      {open && (
        <CommandPalette
          open
          onOpenChange={changeOpen}
          groups={groups}
          query={query}
          onQueryChange={setQuery}
          loading={loading}
          footer={<PaletteHint />}
        />
      )}
      <ShortcutHelp open={helpOpen} onOpenChange={setHelpOpen} />
    </>
  );
}

function PaletteHint() {
  return (
    <span className="flex gap-3">
      <span className="flex items-center gap-1">
        <Kbd>↑</Kbd>
        <Kbd>↓</Kbd>
        <Kbd>↵</Kbd>
      </span>
      <span className="ml-auto flex items-center gap-1">
        <Kbd>?</Kbd>
      </span>
    </span>
  );
}

function usePages(): readonly ConsolePage[] {
  return pagesOf(useMe().data);
}

function useGroups(
  query: string,
  shownPages: readonly ConsolePage[],
  sources: readonly CommandSource[],
): { readonly groups: readonly CommandGroup[]; readonly loading: boolean } {
  const go = useGo();
  const texts = useTexts();
  const { labels } = useUi();
  const found = useFound(query, sources);
  const pages: CommandGroup = {
    id: 'pages',
    title: texts.shell.pages,
    items: shownPages.map((page) => ({
      id: page.href,
      label: page.title(texts),
      icon: <page.icon aria-hidden />,
      ...(page.key === undefined ? {} : { shortcut: ['g', page.key] }),
      keywords: [page.href],
      onSelect: () => go(page.href),
    })),
  };
  const actions: CommandGroup = {
    id: 'actions',
    title: texts.shell.actions,
    items: [
      {
        id: 'light',
        label: `${labels.theme}: ${labels.themeLight}`,
        icon: <Sun aria-hidden />,
        onSelect: () => setTheme('light'),
      },
      {
        id: 'dark',
        label: `${labels.theme}: ${labels.themeDark}`,
        icon: <Moon aria-hidden />,
        onSelect: () => setTheme('dark'),
      },
      {
        id: 'system',
        label: `${labels.theme}: ${labels.themeSystem}`,
        icon: <Monitor aria-hidden />,
        onSelect: () => setTheme('system'),
      },
      ...useOrganizationItems(),
      {
        id: 'sign-out',
        label: texts.shell.signOut,
        icon: <LogOut aria-hidden />,
        onSelect: () => void signOut().catch(() => window.location.assign('/sign-out')),
      },
    ],
  };
  const own = sources
    .filter((source) => source.items !== undefined)
    .map((source) => ({ id: source.id, title: source.title, items: source.items ?? [] }));
  // Of those that fit as well, what is always there comes first: the same letters lead to the same page.
  return { groups: [...own, pages, actions, ...found.groups], loading: found.loading };
}

/** The others that somebody is in. */
function useOrganizationItems(): CommandGroup['items'] {
  const { switchOrganization } = useTexts().shell;
  const me = useMe().data;
  return (me?.organizations ?? [])
    .filter(({ id }) => id !== me?.organizationId)
    .map(({ id, name }) => ({
      id: `organization-${id}`,
      label: `${switchOrganization}: ${name}`,
      icon: <Building2 aria-hidden />,
      onSelect: () => {
        chooseOrganization(id);
        enterConsole('/');
      },
    }));
}

/** What the searching sources found. React defers the query while letters still come in. */
function useFound(
  query: string,
  sources: readonly CommandSource[],
): { readonly groups: readonly CommandGroup[]; readonly loading: boolean } {
  const deferred = useDeferredValue(query.trim());
  const searching = sources
    .filter((source) => source.search !== undefined)
    .toSorted((left, right) => Number(left.last ?? false) - Number(right.last ?? false));
  const answers = useQueries({
    queries: searching.map((source) => ({
      queryKey: ['commands', source.id, deferred],
      queryFn: ({ signal }: { signal: AbortSignal }) => source.search?.(deferred, signal) ?? [],
      enabled: deferred.length >= SEARCH_FROM_LETTERS,
    })),
  });
  const groups = searching.flatMap((source, position): CommandGroup[] => {
    const items = answers[position]?.data ?? [];
    return items.length === 0
      ? []
      : [{ id: `${source.id}-found`, title: source.title, items, matched: true }];
  });
  return { groups, loading: answers.some((answer) => answer.isFetching) };
}
