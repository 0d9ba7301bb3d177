'use client';
/** Checkbox, Switch and RadioGroup: a control with its own label beside it. */
import { Check, Minus } from 'lucide-react';
import {
  Checkbox as CheckboxPrimitive,
  RadioGroup as RadioPrimitive,
  Switch as SwitchPrimitive,
} from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { classNames } from '../class-names.ts';
import { useFieldLabelId, useFieldProps } from './field.tsx';

interface LabelledProps {
  readonly label?: ReactNode | undefined;
  readonly description?: ReactNode | undefined;
  readonly className?: string | undefined;
}

function Labelled({
  id,
  label,
  description,
  className,
  control,
}: LabelledProps & { readonly id: string; readonly control: ReactNode }) {
  if (!label) return control;
  return (
    <div className={classNames('flex items-start gap-2.5', className)}>
      <span className="flex h-5 items-center">{control}</span>
      <span className="flex min-w-0 flex-col">
        <label htmlFor={id} className="text-sm text-ink has-[+*]:font-medium">
          {label}
        </label>
        {description && (
          <span id={`${id}-description`} className="text-xs text-ink-faint">
            {description}
          </span>
        )}
      </span>
    </div>
  );
}

const BOX_STYLE = [
  'relative flex size-4 shrink-0 items-center justify-center border border-control bg-surface transition-colors',
  "after:absolute after:-inset-1 after:content-['']",
  'data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=checked]:text-on-accent',
  'data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent data-[state=indeterminate]:text-on-accent',
  'hover:border-ink-faint disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-negative',
].join(' ');

export interface CheckboxProps extends LabelledProps {
  readonly checked?: boolean | 'indeterminate';
  readonly defaultChecked?: boolean;
  readonly onCheckedChange?: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly name?: string;
  readonly id?: string;
  readonly 'aria-label'?: string;
}

export function Checkbox({ label, description, className, onCheckedChange, ...rest }: CheckboxProps) {
  const ownId = useId();
  const field = useFieldProps(rest);
  const id = label ? (rest.id ?? ownId) : (field.id ?? ownId);
  return (
    <Labelled
      id={id}
      label={label}
      description={description}
      className={className}
      control={
        <CheckboxPrimitive.Root
          {...rest}
          {...(label ? {} : field)}
          id={id}
          aria-describedby={description ? `${id}-description` : undefined}
          onCheckedChange={(checked) => onCheckedChange?.(checked === true)}
          className={classNames(BOX_STYLE, 'rounded-xs', !label && className)}
        >
          <CheckboxPrimitive.Indicator className="flex">
            {rest.checked === 'indeterminate' ? (
              <Minus className="size-3" strokeWidth={3} />
            ) : (
              <Check className="size-3" strokeWidth={3} />
            )}
          </CheckboxPrimitive.Indicator>
        </CheckboxPrimitive.Root>
      }
    />
  );
}

export interface SwitchProps extends LabelledProps {
  readonly checked?: boolean;
  readonly defaultChecked?: boolean;
  readonly onCheckedChange?: (checked: boolean) => void;
  readonly disabled?: boolean;
  readonly name?: string;
  readonly id?: string;
  readonly 'aria-label'?: string;
}

export function Switch({ label, description, className, ...rest }: SwitchProps) {
  const ownId = useId();
  const field = useFieldProps(rest);
  const id = label ? (rest.id ?? ownId) : (field.id ?? ownId);
  return (
    <Labelled
      id={id}
      label={label}
      description={description}
      className={className}
      control={
        <SwitchPrimitive.Root
          {...rest}
          id={id}
          aria-describedby={description ? `${id}-description` : field['aria-describedby']}
          className={classNames(
            "relative inline-flex h-4.5 w-8 shrink-0 items-center rounded-full border border-control bg-control transition-colors after:absolute after:-inset-1 after:content-['']",
            'data-[state=checked]:border-accent data-[state=checked]:bg-accent',
            'disabled:cursor-not-allowed disabled:opacity-50',
          )}
        >
          <SwitchPrimitive.Thumb className="block size-3.5 translate-x-px rounded-full bg-on-accent shadow-sm transition-transform data-[state=checked]:translate-x-3.75" />
        </SwitchPrimitive.Root>
      }
    />
  );
}

export interface RadioOption {
  readonly value: string;
  readonly label: ReactNode;
  readonly description?: ReactNode | undefined;
  readonly disabled?: boolean;
}

export interface RadioGroupProps {
  readonly options: readonly RadioOption[];
  readonly value?: string;
  readonly defaultValue?: string;
  readonly onValueChange?: (value: string) => void;
  readonly name?: string;
  readonly disabled?: boolean;
  /** `cards` gives each option a frame, for choices that need explaining. */
  readonly appearance?: 'list' | 'cards';
  readonly className?: string | undefined;
  readonly 'aria-label'?: string;
}

export function RadioGroup({ options, appearance = 'list', className, ...rest }: RadioGroupProps) {
  const labelledBy = useFieldLabelId();
  const field = useFieldProps({});
  const prefix = useId();
  return (
    <RadioPrimitive.Root
      {...rest}
      {...field}
      aria-labelledby={rest['aria-label'] ? undefined : labelledBy}
      className={classNames(
        appearance === 'cards' ? 'grid gap-2 sm:grid-cols-2' : 'flex flex-col gap-2',
        className,
      )}
    >
      {options.map((option) => {
        const id = `${prefix}-${option.value}`;
        return (
          <Labelled
            key={option.value}
            id={id}
            label={option.label}
            description={option.description}
            className={
              appearance === 'cards'
                ? 'relative rounded-md border border-line bg-surface p-3 has-data-[state=checked]:border-accent has-data-[state=checked]:bg-accent-soft [&_label]:after:absolute [&_label]:after:inset-0'
                : ''
            }
            control={
              <RadioPrimitive.Item
                id={id}
                value={option.value}
                disabled={option.disabled}
                aria-describedby={option.description ? `${id}-description` : undefined}
                className={classNames(BOX_STYLE, 'rounded-full')}
              >
                <RadioPrimitive.Indicator className="size-1.5 rounded-full bg-on-accent" />
              </RadioPrimitive.Item>
            }
          />
        );
      })}
    </RadioPrimitive.Root>
  );
}
