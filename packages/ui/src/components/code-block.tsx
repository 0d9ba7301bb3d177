'use client';
/** Code to read and copy; with several variants, in tabs that remember nothing. */
import { Tabs as Primitive } from 'radix-ui';
import { useState } from 'react';
import { classNames } from '../class-names.ts';
import { CopyButton } from './copy-button.tsx';

export interface CodeVariant {
  readonly id: string;
  readonly label: string;
  readonly code: string;
}

export interface CodeBlockProps {
  readonly code?: string;
  /** Instead of `code`: the same thing in several languages. */
  readonly variants?: readonly CodeVariant[];
  /** Shown in the bar when there is one variant only. */
  readonly title?: string;
  readonly wrap?: boolean;
  readonly maxHeight?: string;
  readonly onCopied?: (() => void) | undefined;
  readonly className?: string;
  readonly 'aria-label'?: string;
}

export function CodeBlock({
  code = '',
  variants,
  title,
  wrap = false,
  maxHeight,
  onCopied,
  className,
  ...rest
}: CodeBlockProps) {
  const all = variants ?? [{ id: 'code', label: title ?? '', code }];
  const [chosen, setChosen] = useState(all[0]?.id ?? '');
  const current = all.find((variant) => variant.id === chosen) ?? all[0];
  const copy = <CopyButton value={current?.code ?? ''} size="sm" onCopied={onCopied} />;
  const bare = all.length === 1 && !title;
  return (
    <Primitive.Root
      value={current?.id}
      onValueChange={setChosen}
      className={classNames(
        'relative min-w-0 overflow-hidden rounded-md border border-line bg-sunken',
        className,
      )}
    >
      {!bare && (
        <div className="flex min-h-9 items-center gap-3 border-b border-line pr-1.5 pl-3">
          {all.length > 1 ? (
            <Primitive.List
              aria-label={rest['aria-label'] ?? title}
              className="flex flex-1 gap-3 overflow-x-auto [scrollbar-width:none]"
            >
              {all.map((variant) => (
                <Primitive.Trigger
                  key={variant.id}
                  value={variant.id}
                  className="-mb-px h-9 shrink-0 border-b-2 border-transparent text-xs font-medium text-ink-soft hover:text-ink focus-visible:outline-offset-[-2px] data-[state=active]:border-accent-ink data-[state=active]:text-ink"
                >
                  {variant.label}
                </Primitive.Trigger>
              ))}
            </Primitive.List>
          ) : (
            <span className="flex-1 truncate text-xs font-medium text-ink-soft">{title}</span>
          )}
          {copy}
        </div>
      )}
      {bare && <div className="absolute top-1 right-1.5">{copy}</div>}
      {all.map((variant) => (
        <Primitive.Content key={variant.id} value={variant.id} tabIndex={-1}>
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            style={{ maxHeight }}
            className={classNames(
              'overflow-auto px-3 py-2.5 font-mono text-xs leading-5 text-ink outline-offset-[-2px]',
              wrap && 'wrap-anywhere whitespace-pre-wrap',
              bare && 'pr-10',
            )}
          >
            <code>{variant.code}</code>
          </pre>
        </Primitive.Content>
      ))}
    </Primitive.Root>
  );
}
