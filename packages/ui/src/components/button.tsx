'use client';
/** Buttons. While `loading`, a button keeps focus and width and ignores clicks. */
import { cva, type VariantProps } from 'class-variance-authority';
import { Slot } from 'radix-ui';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { classNames } from '../class-names.ts';
import { Spinner } from './spinner.tsx';
import { Tooltip } from './tooltip.tsx';

const buttonStyle = cva(
  [
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-sm font-medium whitespace-nowrap select-none',
    'border border-transparent transition-colors print:hidden',
    'disabled:cursor-not-allowed aria-disabled:cursor-default [&_svg]:size-4 [&_svg]:shrink-0',
  ],
  {
    variants: {
      variant: {
        primary:
          'bg-accent text-on-accent hover:bg-accent-hover disabled:bg-neutral-soft disabled:text-ink-disabled',
        secondary:
          'border-line-strong bg-surface text-ink shadow-sm hover:bg-hover disabled:bg-sunken disabled:text-ink-disabled',
        ghost:
          'text-ink-soft hover:bg-hover hover:text-ink disabled:bg-transparent disabled:text-ink-disabled',
        danger:
          'bg-negative-solid text-on-negative hover:bg-negative-solid-hover disabled:bg-neutral-soft disabled:text-ink-disabled',
        dangerGhost: 'text-negative hover:bg-negative-soft disabled:text-ink-disabled',
        link: 'text-accent-ink underline-offset-3 hover:underline disabled:text-ink-disabled',
      },
      size: {
        sm: 'h-control-sm px-2.5 text-xs pointer-coarse:h-control',
        md: 'h-control px-3 text-sm pointer-coarse:h-control-lg',
        lg: 'h-control-lg px-4 text-base pointer-coarse:h-11',
      },
      square: { true: 'aspect-square px-0', false: '' },
    },
    compoundVariants: [{ variant: 'link', class: 'h-auto px-0 pointer-coarse:h-auto' }],
    defaultVariants: { variant: 'secondary', size: 'md', square: false },
  },
);

export type ButtonVariant = NonNullable<VariantProps<typeof buttonStyle>['variant']>;
export type ButtonSize = NonNullable<VariantProps<typeof buttonStyle>['size']>;

export interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: ButtonVariant | undefined;
  readonly size?: ButtonSize;
  readonly loading?: boolean;
  /** Before the text; replaced by a spinner while loading. */
  readonly icon?: ReactNode;
  /** Gives the look to the only child, for links: `<Button asChild><Link …/></Button>`. */
  readonly asChild?: boolean;
}

export function Button({
  variant,
  size,
  loading = false,
  icon,
  asChild = false,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  const style = classNames(buttonStyle({ variant, size }), className);
  if (asChild) {
    return (
      <Slot.Root data-variant={variant} className={style} onClick={onClick} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  const ignoreWhileLoading = (event: MouseEvent<HTMLButtonElement>) => {
    if (loading) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type={type}
      data-variant={variant}
      className={style}
      aria-disabled={loading || undefined}
      aria-busy={loading || undefined}
      onClick={ignoreWhileLoading}
      {...rest}
    >
      {loading ? <Spinner /> : icon}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children' | 'aria-label'> {
  /** Accessible name, and the text of the tooltip. */
  readonly label: string;
  readonly children: ReactNode;
  readonly tooltip?: boolean;
}

export function IconButton({
  label,
  children,
  variant = 'ghost',
  size = 'md',
  loading = false,
  tooltip = true,
  className,
  type = 'button',
  asChild: _asChild,
  ...rest
}: IconButtonProps) {
  const button = (
    <button
      type={type}
      aria-label={label}
      aria-busy={loading || undefined}
      className={classNames(buttonStyle({ variant, size, square: true }), className)}
      {...rest}
    >
      {loading ? <Spinner /> : children}
    </button>
  );
  return tooltip ? <Tooltip content={label}>{button}</Tooltip> : button;
}
