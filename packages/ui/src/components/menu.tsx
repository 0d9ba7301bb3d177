'use client';
/** Menus of actions, given as data so that every menu looks and behaves the same. */
import { Check } from 'lucide-react';
import { DropdownMenu as Primitive } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { classNames } from '../class-names.ts';
import { OPTION_STYLE, PANEL_STYLE } from './control-style.ts';
import { Kbd } from './kbd.tsx';

export type MenuEntry =
  | {
      readonly kind?: 'action';
      readonly label: ReactNode;
      readonly icon?: ReactNode;
      readonly hint?: ReactNode;
      readonly shortcut?: string;
      readonly onSelect?: () => void;
      /** A link element without children, as `<Link href="/keys" />`: rendered instead of a button. */
      readonly link?: ReactElement;
      readonly disabled?: boolean;
      readonly tone?: 'danger';
    }
  | { readonly kind: 'separator' }
  | { readonly kind: 'label'; readonly label: ReactNode }
  | {
      readonly kind: 'check';
      readonly label: ReactNode;
      readonly checked: boolean;
      readonly onCheckedChange: (checked: boolean) => void;
      readonly disabled?: boolean;
    }
  | {
      readonly kind: 'choice';
      readonly value: string;
      readonly onValueChange: (value: string) => void;
      readonly options: readonly {
        readonly value: string;
        readonly label: ReactNode;
        readonly icon?: ReactNode;
      }[];
    };

export interface DropdownMenuProps {
  readonly trigger: ReactElement;
  readonly entries: readonly MenuEntry[];
  readonly align?: 'start' | 'center' | 'end';
  readonly side?: 'top' | 'bottom' | 'right';
  readonly className?: string;
}

export function DropdownMenu({
  trigger,
  entries,
  align = 'end',
  side = 'bottom',
  className,
}: DropdownMenuProps) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className={classNames(PANEL_STYLE, 'min-w-48', className)}
        >
          {entries.map((entry, position) => (
            <Entry key={position} entry={entry} />
          ))}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

function Entry({ entry }: { readonly entry: MenuEntry }) {
  switch (entry.kind) {
    case 'separator':
      return <Primitive.Separator className="-mx-1 my-1 h-px bg-line" />;
    case 'label':
      return (
        <Primitive.Label className="px-2 pt-1.5 pb-1 text-xs font-medium text-ink-faint">
          {entry.label}
        </Primitive.Label>
      );
    case 'check':
      return (
        <Primitive.CheckboxItem
          checked={entry.checked}
          disabled={entry.disabled}
          onCheckedChange={entry.onCheckedChange}
          onSelect={(event) => event.preventDefault()}
          className={classNames(OPTION_STYLE, 'pl-8')}
        >
          <Primitive.ItemIndicator className="absolute left-2">
            <Check aria-hidden className="text-accent-ink" />
          </Primitive.ItemIndicator>
          {entry.label}
        </Primitive.CheckboxItem>
      );
    case 'choice':
      return <ChoiceEntry entry={entry} />;
    default:
      return <ActionEntry entry={entry} />;
  }
}

function ChoiceEntry({ entry }: { readonly entry: Extract<MenuEntry, { kind: 'choice' }> }) {
  return (
    <Primitive.RadioGroup value={entry.value} onValueChange={entry.onValueChange}>
      {entry.options.map((option) => (
        <Primitive.RadioItem
          key={option.value}
          value={option.value}
          className={classNames(OPTION_STYLE, 'pr-8')}
        >
          {option.icon && <span className="text-ink-faint">{option.icon}</span>}
          <span className="min-w-0 truncate">{option.label}</span>
          <Primitive.ItemIndicator className="absolute right-2">
            <Check aria-hidden className="text-accent-ink" />
          </Primitive.ItemIndicator>
        </Primitive.RadioItem>
      ))}
    </Primitive.RadioGroup>
  );
}

function ActionEntry({ entry }: { readonly entry: Extract<MenuEntry, { kind?: 'action' }> }) {
  const style = classNames(
    OPTION_STYLE,
    entry.tone === 'danger' && 'text-negative data-highlighted:bg-negative-soft',
  );
  const body = (
    <>
      {entry.icon && <span className={entry.tone ? '' : 'text-ink-faint'}>{entry.icon}</span>}
      <span className="min-w-0 flex-1 truncate">{entry.label}</span>
      {entry.hint && <span className="text-xs text-ink-faint">{entry.hint}</span>}
      {entry.shortcut && <Kbd>{entry.shortcut}</Kbd>}
    </>
  );
  if (entry.link) {
    const { link } = entry;
    return (
      <Primitive.Item asChild disabled={entry.disabled} className={style}>
        <link.type {...(link.props as object)}>{body}</link.type>
      </Primitive.Item>
    );
  }
  return (
    <Primitive.Item disabled={entry.disabled} onSelect={entry.onSelect} className={style}>
      {body}
    </Primitive.Item>
  );
}
