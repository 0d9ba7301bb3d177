'use client';
/** One-line and multi-line text. Inside a Field they take id, description and error from it. */
import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, type ReactNode, useState } from 'react';
import { classNames } from '../class-names.ts';
import { useUi } from '../provider/ui-provider.tsx';
import { CONTROL_HEIGHT, CONTROL_STYLE } from './control-style.ts';
import { useFieldProps } from './field.tsx';

export interface InputProps extends Omit<ComponentProps<'input'>, 'prefix'> {
  /** Shown inside, before the text: an icon or a unit such as `$`. */
  readonly prefix?: ReactNode;
  /** Shown inside, after the text. */
  readonly suffix?: ReactNode;
  readonly invalid?: boolean;
  /** Width and font; with a prefix or suffix it goes to the box around them. */
  readonly className?: string;
}

/** The button within is as high as a control, so the field is higher. */
const FILE_STYLE =
  'py-1.5 file:mr-3 file:cursor-pointer file:rounded-sm file:border file:border-line-strong file:bg-surface file:px-2.5 file:py-1 file:text-sm file:font-medium';

export function Input({ className, prefix, suffix, invalid, ...rest }: InputProps) {
  const field = useFieldProps(rest, invalid);
  const boxed = Boolean(prefix || suffix);
  const input = (
    <input
      {...rest}
      {...field}
      className={classNames(
        CONTROL_STYLE,
        rest.type === 'file' ? FILE_STYLE : CONTROL_HEIGHT,
        prefix && 'pl-8',
        suffix && 'pr-9',
        !boxed && className,
      )}
    />
  );
  if (!boxed) return input;
  return (
    <span className={classNames('relative block w-full', className)}>
      {prefix && (
        <span className="pointer-events-none absolute inset-y-0 left-2.5 flex items-center text-sm text-ink-faint [&_svg]:size-4">
          {prefix}
        </span>
      )}
      {input}
      {suffix && (
        <span className="absolute inset-y-0 right-1.5 flex items-center text-sm text-ink-faint">
          {suffix}
        </span>
      )}
    </span>
  );
}

/** A password with a switch to see what was typed. */
export function PasswordInput(props: Omit<InputProps, 'type' | 'suffix'>) {
  const [visible, setVisible] = useState(false);
  const { labels } = useUi();
  return (
    <Input
      {...props}
      type={visible ? 'text' : 'password'}
      suffix={
        <button
          type="button"
          aria-label={visible ? labels.hidePassword : labels.showPassword}
          aria-pressed={visible}
          onClick={() => setVisible(!visible)}
          className="flex size-6 items-center justify-center rounded-xs text-ink-faint hover:text-ink"
        >
          {visible ? <EyeOff className="size-4" /> : <Eye className="size-4" />}
        </button>
      }
    />
  );
}

export interface TextareaProps extends ComponentProps<'textarea'> {
  readonly invalid?: boolean;
}

export function Textarea({ className, invalid, rows = 3, ...rest }: TextareaProps) {
  const field = useFieldProps(rest, invalid);
  return (
    <textarea
      rows={rows}
      {...rest}
      {...field}
      className={classNames(CONTROL_STYLE, 'min-h-16 py-1.5 leading-5', className)}
    />
  );
}
