'use client';
import { Kbd } from '@tollgate/ui';
import { Search } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useOpenCommands } from './command-sources.tsx';

/** Opens the command palette; a box on wide screens, an icon on phones. */
export function SearchButton() {
  const text = useMessages('shell');
  const setOpen = useOpenCommands();
  return (
    <button
      type="button"
      aria-keyshortcuts="Control+K Meta+K"
      onClick={() => setOpen(true)}
      className="flex size-8 shrink-0 items-center justify-center gap-2 rounded-sm text-sm text-ink-faint hover:bg-hover hover:text-ink sm:w-56 sm:justify-start sm:border sm:border-line-strong sm:bg-surface sm:px-2.5 pointer-coarse:size-11 sm:pointer-coarse:w-56"
    >
      <Search aria-hidden className="size-4 shrink-0" />
      <span className="flex-1 truncate text-left max-sm:sr-only">{text.search}</span>
      <span aria-hidden className="hidden gap-0.5 sm:flex">
        <Kbd>⌘K</Kbd>
      </span>
    </button>
  );
}
