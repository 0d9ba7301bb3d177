'use client';
/** A new password with a hint of its strength, in words and as a bar. */
import { classNames, Field, PasswordInput } from '@tollgate/ui';
import type { ComponentProps } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { type PasswordStrength, passwordStrength } from './password-strength.ts';

const BAR: Readonly<Record<PasswordStrength, { readonly filled: number; readonly color: string }>> = {
  empty: { filled: 0, color: '' },
  short: { filled: 1, color: 'bg-control' },
  weak: { filled: 1, color: 'bg-warning' },
  good: { filled: 2, color: 'bg-positive' },
  strong: { filled: 3, color: 'bg-positive' },
};

export interface NewPasswordFieldProps {
  readonly label: string;
  readonly value: string;
  readonly email?: string;
  readonly error?: string | undefined;
  readonly input: ComponentProps<typeof PasswordInput>;
}

export function NewPasswordField({ label, value, email = '', error, input }: NewPasswordFieldProps) {
  const text = useMessages('auth');
  const strength = passwordStrength(value, email);
  const { filled, color } = BAR[strength];
  return (
    <Field label={label} error={error} hint={text.strength[strength]}>
      <PasswordInput {...input} autoComplete="new-password" />
      <div aria-hidden className="grid grid-cols-3 gap-1">
        {[1, 2, 3].map((part) => (
          <span
            key={part}
            className={classNames('h-0.5 rounded-full transition-colors', part <= filled ? color : 'bg-line')}
          />
        ))}
      </div>
    </Field>
  );
}
