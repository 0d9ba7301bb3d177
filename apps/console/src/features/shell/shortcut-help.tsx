'use client';
import { Dialog, Kbd, useUi } from '@tollgate/ui';
import { Fragment } from 'react';
import { useTexts } from '../../i18n/i18n-provider.tsx';
import { pagesOf } from './navigation.ts';
import { useMe } from './use-me.ts';

export interface ShortcutHelpProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function ShortcutHelp({ open, onOpenChange }: ShortcutHelpProps) {
  const { labels } = useUi();
  const texts = useTexts();
  const pages = pagesOf(useMe().data);
  const rows = [
    { keys: ['⌘/Ctrl', 'K'], joined: true, text: texts.shell.shortcutPalette },
    { keys: ['/'], joined: true, text: texts.shell.shortcutSearch },
    { keys: ['?'], joined: true, text: texts.shell.shortcutHelp },
    ...pages.flatMap(({ key, title }) =>
      key === undefined ? [] : [{ keys: ['g', key], joined: false, text: texts.shell.goTo(title(texts)) }],
    ),
  ];
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={labels.keyboardShortcuts}>
      <dl className="flex flex-col">
        {rows.map((row) => (
          <div
            key={row.text}
            className="flex items-center justify-between gap-4 border-b border-line py-1.5 last:border-0"
          >
            <dt className="text-sm text-ink-soft">{row.text}</dt>
            <dd className="flex items-center gap-1 text-xs text-ink-faint">
              {row.keys.map((key, position) => (
                <Fragment key={key}>
                  {position > 0 && !row.joined && texts.shell.thenKey}
                  <Kbd>{key}</Kbd>
                </Fragment>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
