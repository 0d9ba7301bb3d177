'use client';
/** One of a few known values. For long or searchable lists use Combobox. */
import { Check, ChevronDown } from 'lucide-react';
import { Select as Primitive } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { CONTROL_HEIGHT, CONTROL_STYLE, OPTION_STYLE, PANEL_STYLE } from './control-style.ts';
import { useFieldProps } from './field.tsx';

export interface SelectOption<V extends string = string> {
  readonly value: V;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly disabled?: boolean;
}

export interface SelectProps<V extends string = string> {
  readonly options: readonly SelectOption<V>[];
  readonly value?: V | undefined;
  readonly defaultValue?: V;
  readonly onValueChange?: (value: V) => void;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly name?: string;
  readonly id?: string;
  /** As narrow as its text, for filters in toolbars. */
  readonly compact?: boolean;
  /** Before the value, where that alone would not say what is chosen: “Group by” Model. */
  readonly lead?: string;
  readonly className?: string;
  readonly 'aria-label'?: string;
}

export function Select<V extends string = string>({
  options,
  placeholder,
  compact = false,
  lead,
  className,
  onValueChange,
  value,
  defaultValue,
  disabled,
  name,
  ...rest
}: SelectProps<V>) {
  const { labels } = useUi();
  const field = useFieldProps(rest);
  const hintId = useId();
  return (
    <Primitive.Root
      value={value}
      defaultValue={defaultValue}
      disabled={disabled}
      name={name}
      onValueChange={(next) => onValueChange?.(next as V)}
    >
      <Primitive.Trigger
        {...field}
        aria-label={rest['aria-label']}
        className={classNames(
          CONTROL_STYLE,
          CONTROL_HEIGHT,
          'inline-flex items-center justify-between gap-2 text-left data-placeholder:text-ink-faint [&>span]:truncate',
          compact && 'w-auto',
          className,
        )}
      >
        {lead !== undefined && (
          <span aria-hidden className="text-ink-faint">
            {lead}
          </span>
        )}
        <Primitive.Value placeholder={placeholder ?? labels.choose} />
        <Primitive.Icon>
          <ChevronDown aria-hidden className="size-4 text-ink-faint" />
        </Primitive.Icon>
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className={classNames(
            PANEL_STYLE,
            'max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-auto',
          )}
        >
          <Primitive.Viewport>
            {options.map((option, place) => (
              <Primitive.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled}
                // An option is called by its text alone; the hint is told after it.
                {...(option.hint !== undefined && { 'aria-describedby': `${hintId}-${place}` })}
                className={classNames(OPTION_STYLE, 'pr-8')}
              >
                <Primitive.ItemText>{option.label}</Primitive.ItemText>
                {option.hint !== undefined && (
                  <span id={`${hintId}-${place}`} className="tabular ml-auto text-xs text-ink-faint">
                    {option.hint}
                  </span>
                )}
                <Primitive.ItemIndicator className="absolute right-2">
                  <Check aria-hidden className="size-4 text-accent-ink" />
                </Primitive.ItemIndicator>
              </Primitive.Item>
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
