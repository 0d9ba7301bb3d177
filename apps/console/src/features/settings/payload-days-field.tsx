'use client';
/** For how many days the organization keeps what requests say; keeping fewer deletes, and asks first. */
import { Field, Select } from '@tollgate/ui';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { usePayloadText } from '../payloads/use-payload-text.ts';

const USUAL_DAYS = [0, 1, 7, 14, 30];

export interface PayloadDaysFieldProps {
  /** As the form has it: digits. */
  readonly value: string;
  /** What is set now: offered too, whatever it is. */
  readonly storedDays: number;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
  readonly disabled: boolean;
}

export function PayloadDaysField({ value, storedDays, onChange, error, disabled }: PayloadDaysFieldProps) {
  const toText = useDaysText();
  const { label, hint } = usePayloadText().setting;
  const days = [...new Set([...USUAL_DAYS, storedDays])].toSorted((left, right) => left - right);
  return (
    <Field label={label} hint={hint} error={error}>
      <Select
        value={value}
        disabled={disabled}
        onValueChange={onChange}
        options={days.map((each) => ({ value: String(each), label: toText(each) }))}
      />
    </Field>
  );
}

/** @returns What a number of days is called there. */
export function useDaysText(): (days: number) => string {
  const text = usePayloadText().setting;
  return (days) => (days === 0 ? text.off : text.days(days));
}

export interface FewerPayloadDaysProps {
  readonly days: number;
  readonly run: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function FewerPayloadDays({ days, run, onClose }: FewerPayloadDaysProps) {
  const text = usePayloadText().setting;
  return (
    <ConfirmAction
      title={text.fewerTitle(days)}
      confirmLabel={text.fewerConfirm(days)}
      tone="danger"
      run={run}
      onClose={onClose}
    >
      {text.fewerText(days)}
    </ConfirmAction>
  );
}
