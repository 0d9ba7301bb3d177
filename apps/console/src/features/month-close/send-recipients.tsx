'use client';
/** Whom an invoice is mailed to instead of the billing contact, for once. */
import { Field, Input } from '@tollgate/ui';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { findNonAddresses, readAddresses } from '../members/addresses.ts';

/** Of one mail, as the API takes them. */
const MOST_RECIPIENTS = 10;

/** @returns Whether the API would refuse them. */
export function areWrong(recipients: readonly string[]): boolean {
  return recipients.length > MOST_RECIPIENTS || findNonAddresses(recipients).length > 0;
}

export interface SendRecipientsProps {
  readonly value: string;
  readonly onChange: (typed: string) => void;
}

export function SendRecipients({ value, onChange }: SendRecipientsProps) {
  const text = useMessages('monthClose');
  return (
    <Field
      label={text.recipients}
      hint={text.recipientsHint(MOST_RECIPIENTS)}
      error={areWrong(readAddresses(value)) ? text.recipientsWrong(MOST_RECIPIENTS) : undefined}
      optional
    >
      <Input
        autoComplete="off"
        inputMode="email"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </Field>
  );
}
