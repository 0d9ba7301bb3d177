'use client';
/** One box over everything: pages, things and actions, by typing. Knows no router and no data. */
import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { OPTION_STYLE } from './control-style.ts';
import { SCRIM_STYLE } from './dialog.tsx';
import { Kbd } from './kbd.tsx';
import { matchScore, orderGroups, paletteKeywords } from './match-score.ts';
import { Spinner } from './spinner.tsx';
import { useFirstChoice } from './use-first-choice.ts';
import { useFocusReturn } from './use-focus-return.ts';

export interface CommandItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: ReactNode;
  readonly hint?: ReactNode;
  /** Keys in order, `['g', 'k']`. */
  readonly shortcut?: readonly string[];
  readonly keywords?: readonly string[];
  readonly onSelect: () => void;
}

export interface CommandGroup {
  readonly id: string;
  readonly title: string;
  readonly items: readonly CommandItem[];
  /** Already matched by a server: shown whatever was typed. */
  readonly matched?: boolean;
}

export interface CommandPaletteProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly groups: readonly CommandGroup[];
  readonly query: string;
  readonly onQueryChange: (query: string) => void;
  readonly loading?: boolean;
  readonly footer?: ReactNode;
}

export function CommandPalette(props: CommandPaletteProps) {
  const { open, onOpenChange, groups, query, onQueryChange, loading = false, footer } = props;
  const { labels } = useUi();
  const focusReturn = useFocusReturn(open);
  const ordered = orderGroups(groups, query);
  const choice = useFirstChoice(query, groups);
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className={SCRIM_STYLE} />
        <Dialog.Content
          {...focusReturn}
          aria-describedby={undefined}
          className="fixed top-[12dvh] left-1/2 z-50 w-[min(40rem,calc(100vw-1.5rem))] -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-raised shadow-lg outline-none"
        >
          <Dialog.Title className="sr-only">{labels.commandTitle}</Dialog.Title>
          <Command
            loop
            label={labels.commandTitle}
            filter={matchScore}
            value={choice.value}
            onValueChange={choice.choose}
            onKeyDown={choice.noteKey}
          >
            <div className="flex items-center gap-2.5 border-b border-line px-4">
              {loading ? (
                <Spinner className="text-ink-faint" />
              ) : (
                <Search aria-hidden className="size-4 text-ink-faint" />
              )}
              <Command.Input
                autoFocus
                value={query}
                onValueChange={onQueryChange}
                placeholder={labels.commandPlaceholder}
                className="h-12 min-w-0 flex-1 bg-transparent text-base text-ink outline-none placeholder:text-ink-faint pointer-coarse:text-lg"
              />
              <Kbd>Esc</Kbd>
            </div>
            <Command.List
              ref={choice.listRef}
              onPointerMove={choice.notePointer}
              className="max-h-[min(26rem,60dvh)] overflow-y-auto p-1.5"
            >
              <Command.Empty className="px-3 py-8 text-center text-sm text-ink-faint">
                {loading ? `${labels.loading}…` : labels.noMatches}
              </Command.Empty>
              {ordered.map((group) => (
                <PaletteGroup
                  key={group.id}
                  group={group}
                  onSelect={(item) => {
                    onOpenChange(false);
                    item.onSelect();
                  }}
                />
              ))}
            </Command.List>
          </Command>
          {footer && (
            <div className="border-t border-line bg-sunken px-4 py-2 text-xs text-ink-faint">{footer}</div>
          )}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteGroup({
  group,
  onSelect,
}: {
  readonly group: CommandGroup;
  readonly onSelect: (item: CommandItem) => void;
}) {
  return (
    <Command.Group
      heading={group.title}
      className="mb-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-faint"
    >
      {group.items.map((item) => (
        <Command.Item
          key={item.id}
          value={`${group.id}/${item.id}`}
          keywords={paletteKeywords(item, group)}
          onSelect={() => onSelect(item)}
          className={classNames(OPTION_STYLE, 'min-h-9')}
        >
          {item.icon && <span className="text-ink-faint">{item.icon}</span>}
          <span className="min-w-0 flex-1 truncate">{item.label}</span>
          {item.hint && <span className="shrink-0 text-xs text-ink-faint">{item.hint}</span>}
          {item.shortcut && (
            <span aria-hidden className="flex gap-1">
              {item.shortcut.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </span>
          )}
        </Command.Item>
      ))}
    </Command.Group>
  );
}
