'use client';
/** Views of one thing. Put the value into the URL where the view is worth sharing. */
import { Tabs as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from '../class-names.ts';

export interface TabItem {
  readonly value: string;
  readonly label: ReactNode;
  readonly count?: number;
  readonly disabled?: boolean;
  readonly content: ReactNode;
}

export interface TabsProps {
  readonly items: readonly TabItem[];
  readonly value?: string;
  readonly defaultValue?: string;
  readonly onValueChange?: (value: string) => void;
  readonly className?: string;
  readonly 'aria-label': string;
}

export function Tabs({ items, value, defaultValue, onValueChange, className, ...rest }: TabsProps) {
  return (
    <Primitive.Root
      value={value}
      defaultValue={defaultValue ?? items[0]?.value}
      onValueChange={onValueChange}
      className={classNames('flex min-w-0 flex-col', className)}
    >
      <Primitive.List
        aria-label={rest['aria-label']}
        className="flex gap-4 overflow-x-auto border-b border-line [scrollbar-width:none]"
      >
        {items.map((item) => (
          <Primitive.Trigger
            key={item.value}
            value={item.value}
            disabled={item.disabled}
            className="-mb-px inline-flex h-9 shrink-0 items-center gap-1.5 border-b-2 border-transparent text-sm font-medium text-ink-soft transition-colors hover:text-ink focus-visible:outline-offset-[-2px] disabled:cursor-not-allowed disabled:text-ink-disabled data-[state=active]:border-accent-ink data-[state=active]:text-ink"
          >
            {item.label}
            {item.count !== undefined && (
              <span className="tabular rounded-xs bg-neutral-soft px-1 text-2xs text-ink-soft">
                {item.count}
              </span>
            )}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
      {items.map((item) => (
        <Primitive.Content key={item.value} value={item.value} className="min-w-0 pt-4 outline-offset-4">
          {item.content}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  );
}
