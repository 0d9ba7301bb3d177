'use client';
/** Choosing from a long list by typing: one value (Combobox) or several (MultiSelect). */
import { Command } from 'cmdk';
import { Check, ChevronDown, X } from 'lucide-react';
import { Popover } from 'radix-ui';
import { type ReactNode, useId, useState } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { CONTROL_HEIGHT, CONTROL_STYLE, OPTION_STYLE, PANEL_STYLE } from './control-style.ts';
import { useFieldLabelId, useFieldProps } from './field.tsx';
import { useFirstChoice } from './use-first-choice.ts';

export interface ComboboxOption {
  readonly value: string;
  readonly label: string;
  /** Right of the label, smaller. */
  readonly hint?: ReactNode;
  /** Found by typing, not shown: ids, aliases. */
  readonly keywords?: readonly string[];
  readonly disabled?: boolean;
  readonly group?: string;
  /** What is chosen and was not found: there for its label, and listed only as long as nothing is typed. */
  readonly isNamedOnly?: boolean;
}

interface SharedProps {
  readonly options: readonly ComboboxOption[];
  readonly placeholder?: string;
  readonly searchPlaceholder?: string;
  readonly emptyText?: ReactNode;
  /** The list comes from the server: called on typing, and the list is shown unfiltered. */
  readonly onSearch?: (text: string) => void;
  /** Somebody is about to choose: time to ask for what there is. */
  readonly onOpen?: () => void;
  readonly loading?: boolean;
  readonly disabled?: boolean;
  readonly className?: string;
  readonly id?: string;
  readonly 'aria-label'?: string;
}

export interface ComboboxProps extends SharedProps {
  readonly value: string | undefined;
  readonly onValueChange: (value: string | undefined) => void;
  /** Offers to take the choice back. */
  readonly clearable?: boolean;
  /** Shown when nothing is chosen, when that means everything: "All teams". A choice, so no placeholder. */
  readonly allLabel?: string | undefined;
}

export function Combobox({ value, onValueChange, clearable = false, allLabel, ...shared }: ComboboxProps) {
  const { labels } = useUi();
  const [open, setOpen] = useState(false);
  const current = shared.options.find((option) => option.value === value);
  const choose = (chosen: string) => {
    onValueChange(chosen === value && clearable ? undefined : chosen);
    setOpen(false);
  };
  return (
    <OptionPicker
      {...shared}
      open={open}
      onOpenChange={setOpen}
      isSelected={(candidate) => candidate === value}
      onChoose={choose}
      triggerText={
        current ? (
          <span className="truncate">{current.label}</span>
        ) : (
          // What is chosen and not in the list is no placeholder.
          <span className={classNames('truncate', (value ?? allLabel) === undefined && 'text-ink-faint')}>
            {value ?? allLabel ?? shared.placeholder ?? labels.choose}
          </span>
        )
      }
      accessory={
        clearable &&
        value !== undefined &&
        !shared.disabled && (
          <RemoveButton
            label={labels.clear}
            onClick={() => onValueChange(undefined)}
            className="absolute right-8"
          />
        )
      }
    />
  );
}

export interface MultiSelectProps extends SharedProps {
  readonly value: readonly string[];
  readonly onValueChange: (value: readonly string[]) => void;
  /** Shown when nothing is chosen, when that means everything: "All models". */
  readonly allLabel?: string;
}

export function MultiSelect({ value, onValueChange, allLabel, ...shared }: MultiSelectProps) {
  const { labels } = useUi();
  const [open, setOpen] = useState(false);
  const toggle = (chosen: string) =>
    onValueChange(value.includes(chosen) ? value.filter((one) => one !== chosen) : [...value, chosen]);
  const labelOf = (one: string) => shared.options.find((option) => option.value === one)?.label ?? one;
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <OptionPicker
        {...shared}
        open={open}
        onOpenChange={setOpen}
        multiple
        isSelected={(candidate) => value.includes(candidate)}
        onChoose={toggle}
        triggerText={
          <span
            className={classNames(
              'truncate',
              value.length === 0 && allLabel === undefined && 'text-ink-faint',
            )}
          >
            {value.length === 0
              ? (allLabel ?? shared.placeholder ?? labels.choose)
              : labels.selected(value.length)}
          </span>
        }
      />
      {value.length > 0 && (
        <ul className="flex flex-wrap gap-1">
          {value.map((one) => (
            <li
              key={one}
              className="inline-flex h-6 max-w-full items-center gap-0.5 rounded-xs border border-neutral-line bg-neutral-soft pl-1.5 text-xs text-ink"
            >
              <span className="truncate">{labelOf(one)}</span>
              {!shared.disabled && (
                <RemoveButton label={labels.remove(labelOf(one))} onClick={() => toggle(one)} />
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface OptionPickerProps extends SharedProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly multiple?: boolean;
  readonly isSelected: (value: string) => boolean;
  readonly onChoose: (value: string) => void;
  readonly triggerText: ReactNode;
  readonly accessory?: ReactNode;
}

function OptionPicker(props: OptionPickerProps) {
  const { open, onOpenChange, triggerText, accessory, disabled, className } = props;
  const field = useFieldProps(props);
  const labelId = useFieldLabelId();
  const textId = useId();
  const listId = useId();
  return (
    <Popover.Root
      open={open}
      onOpenChange={(next) => {
        if (next) props.onOpen?.();
        onOpenChange(next);
      }}
    >
      <span className={classNames('relative flex w-full min-w-0 items-center', className)}>
        <Popover.Trigger asChild>
          <button
            type="button"
            {...field}
            role="combobox"
            aria-haspopup="listbox"
            aria-expanded={open}
            aria-controls={open ? listId : undefined}
            aria-label={props['aria-label']}
            aria-labelledby={props['aria-label'] || !labelId ? undefined : `${labelId} ${textId}`}
            disabled={disabled}
            className={classNames(
              CONTROL_STYLE,
              CONTROL_HEIGHT,
              'flex min-w-0 items-center justify-between gap-2 text-left',
            )}
          >
            <span id={textId} className="flex min-w-0 flex-1">
              {triggerText}
            </span>
            <ChevronDown aria-hidden className="size-4 shrink-0 text-ink-faint" />
          </button>
        </Popover.Trigger>
        {accessory}
      </span>
      <Popover.Portal>
        <Popover.Content
          aria-label={props['aria-label']}
          aria-labelledby={props['aria-label'] ? undefined : labelId}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className={classNames(PANEL_STYLE, 'w-(--radix-popover-trigger-width) min-w-72 p-0')}
        >
          <OptionList {...props} listId={listId} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function OptionList(props: OptionPickerProps & { readonly listId: string }) {
  const { labels } = useUi();
  const { options, searchPlaceholder, emptyText, onSearch, loading, isSelected, onChoose, multiple, listId } =
    props;
  const [typed, setTyped] = useState('');
  const listed = typed.trim() === '' ? options : options.filter(({ isNamedOnly }) => !isNamedOnly);
  const choice = useFirstChoice(typed, listed);
  return (
    <Command
      loop
      shouldFilter={onSearch === undefined}
      label={searchPlaceholder ?? labels.search}
      value={choice.value}
      onValueChange={choice.choose}
      onKeyDown={choice.noteKey}
    >
      <Command.Input
        value={typed}
        placeholder={searchPlaceholder ?? labels.search}
        onValueChange={(text) => {
          setTyped(text);
          onSearch?.(text);
        }}
        className="h-9 w-full border-b border-line bg-transparent px-3 text-sm outline-none placeholder:text-ink-faint pointer-coarse:h-11 pointer-coarse:text-lg"
      />
      <Command.List
        ref={choice.listRef}
        id={listId}
        aria-multiselectable={multiple}
        onPointerMove={choice.notePointer}
        className="max-h-64 overflow-y-auto p-1"
      >
        {loading && <p className="px-2 py-3 text-sm text-ink-faint">{labels.loading}…</p>}
        {!loading && (
          <Command.Empty className="px-2 py-4 text-center text-sm text-ink-faint">
            {emptyText ?? labels.noMatches}
          </Command.Empty>
        )}
        {groupsOf(listed).map(([group, members]) => (
          <Command.Group
            key={group}
            heading={group || undefined}
            className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-faint"
          >
            {members.map((option) => (
              <Command.Item
                key={option.value}
                value={option.value}
                keywords={[option.label, ...(option.keywords ?? [])]}
                disabled={option.disabled ?? false}
                onSelect={() => onChoose(option.value)}
                className={OPTION_STYLE}
              >
                <Check
                  aria-hidden
                  className={classNames('text-accent-ink', !isSelected(option.value) && 'invisible')}
                />
                {/* Short of room, the hint gives way first: the label is what is chosen. */}
                <span className="max-w-full min-w-0 flex-1 basis-auto truncate">{option.label}</span>
                {option.hint && (
                  <span className="min-w-0 shrink-[9999] truncate text-xs text-ink-faint">{option.hint}</span>
                )}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}

function groupsOf(options: readonly ComboboxOption[]): [string, ComboboxOption[]][] {
  const groups = new Map<string, ComboboxOption[]>();
  for (const option of options) {
    const group = option.group ?? '';
    groups.set(group, [...(groups.get(group) ?? []), option]);
  }
  return [...groups];
}

function RemoveButton({
  label,
  onClick,
  className,
}: {
  readonly label: string;
  readonly onClick: () => void;
  readonly className?: string;
}) {
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onClick}
      className={classNames(
        'flex size-6 shrink-0 items-center justify-center rounded-xs text-ink-faint hover:text-ink',
        className,
      )}
    >
      <X aria-hidden className="size-3.5" />
    </button>
  );
}
