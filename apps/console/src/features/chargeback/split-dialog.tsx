'use client';
/** Makes the next rule of a shared key: from which month, and who bears which share, which are together a whole. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { CostSplit } from '@tollgate/api';
import { Button, Field, IconButton, Input, Select } from '@tollgate/ui';
import { Equal, Plus, Trash2 } from 'lucide-react';
import { Controller, type UseFormReturn, useFieldArray, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { middleOf } from '../common/month-select.tsx';
import { useTeams } from '../common/names.ts';
import { KeyPicker } from '../limits/scope-fields.tsx';
import { SPLITS_PATH, STALE_AFTER_SPLIT } from './chargeback-api.ts';
import {
  equalShares,
  MAX_SHARES,
  monthOf,
  nextMonths,
  type SplitFormValues,
  sumShares,
  toFormValues,
  toShares,
  typedPercent,
  WHOLE_BASIS_POINTS,
} from './split-form-values.ts';
import { SplitPreviewPanel } from './split-preview.tsx';
import { useMonthName } from './split-rules.tsx';

const MONTHS_AHEAD = 12;

export interface SplitDialogProps {
  /** The rule that this one follows or, where it is still to come, replaces. */
  readonly before: CostSplit | undefined;
  readonly onClose: () => void;
  readonly onStated: () => void;
}

export function SplitDialog({ before, onClose, onStated }: SplitDialogProps) {
  const chargeback = useMessages('chargeback');
  const text = chargeback.form;
  const locale = useLocale();
  const nameOf = useMonthName();
  const months = nextMonths(new Date(), MONTHS_AHEAD);
  const form = useSplitForm(before, months);
  const { errors } = form.formState;
  const state = useApiMutation<unknown, object>((json) => ({ path: SPLITS_PATH, json }), {
    invalidates: STALE_AFTER_SPLIT,
  });
  return (
    <FormDialog
      form={form}
      fields={['keyId', 'month']}
      apiFields={{ at: 'month' }}
      size="lg"
      title={before === undefined ? text.title : text.nextTitle(before.keyName)}
      description={text.text}
      submitLabel={text.submit}
      onSubmit={({ keyId, month, shares }) =>
        state.mutateAsync({ keyId, at: middleOf(month), shares: toShares(shares, locale) })
      }
      done={text.stated}
      onDone={onStated}
      onClose={onClose}
    >
      <div className="grid gap-4 sm:grid-cols-2">
        {before === undefined && (
          <Field label={chargeback.rules.key} hint={text.keyHint} required error={errors.keyId?.message}>
            <Controller
              control={form.control}
              name="keyId"
              render={({ field }) => <KeyPicker value={field.value} onChange={field.onChange} />}
            />
          </Field>
        )}
        <Field label={text.from} hint={text.fromHint} error={errors.month?.message}>
          <Controller
            control={form.control}
            name="month"
            render={({ field }) => (
              <Select
                value={field.value}
                onValueChange={field.onChange}
                options={months.map((value) => ({ value, label: nameOf(value) }))}
              />
            )}
          />
        </Field>
      </div>
      <ShareFields form={form} />
      <SplitPreviewPanel
        keyId={form.watch('keyId')}
        readShares={() => {
          const { shares } = form.getValues();
          return sumShares(shares, locale).isWhole ? toShares(shares, locale) : undefined;
        }}
      />
    </FormDialog>
  );
}

function ShareFields({ form }: { readonly form: UseFormReturn<SplitFormValues> }) {
  const chargeback = useMessages('chargeback');
  const text = chargeback.form;
  const locale = useLocale();
  const teams = useTeams();
  const list = useFieldArray({ control: form.control, name: 'shares' });
  const shares = form.watch('shares');
  const { basisPoints, faults, isWhole } = sumShares(shares, locale);
  // What is not typed yet is no fault before somebody wants to save it.
  const shownFaults = form.formState.isSubmitted
    ? faults
    : faults.map((each) => (each === 'twice' ? each : undefined));
  const setEqual = (count: number) => {
    for (const [index, percent] of equalShares(count, locale).entries()) {
      form.setValue(`shares.${index}.percent`, percent, { shouldDirty: true });
    }
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 text-sm font-medium">{chargeback.rules.shares}</legend>
      {list.fields.map((item, index) => {
        const fault = shownFaults[index];
        return (
          <div
            key={item.id}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2 border-b border-line pb-2 last:border-b-0 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_7rem_auto] sm:border-b-0 sm:pb-0"
          >
            <Field
              label={text.teamOf(index + 1)}
              labelHidden
              className="col-span-2 sm:col-span-1"
              error={fault === 'nowhere' || fault === 'twice' ? text.faults[fault] : undefined}
            >
              <Controller
                control={form.control}
                name={`shares.${index}.teamId`}
                render={({ field }) => (
                  <Select
                    value={field.value === '' ? NO_TEAM : field.value}
                    onValueChange={(value) => field.onChange(value === NO_TEAM ? '' : value)}
                    options={[
                      { value: NO_TEAM, label: chargeback.noTeam },
                      ...teams.rows.map(({ id, name }) => ({ value: id, label: name })),
                    ]}
                  />
                )}
              />
            </Field>
            <Field label={text.costCenterOf(index + 1)} labelHidden className="col-span-2 sm:col-span-1">
              <Input
                autoComplete="off"
                maxLength={100}
                placeholder={chargeback.columns.costCenter}
                {...form.register(`shares.${index}.costCenter`)}
              />
            </Field>
            <Field
              label={text.percentOf(index + 1)}
              labelHidden
              error={fault === 'percent' ? text.faults.percent : undefined}
            >
              <Input
                autoComplete="off"
                inputMode="decimal"
                suffix="%"
                className="tabular"
                {...form.register(`shares.${index}.percent`)}
              />
            </Field>
            <IconButton
              label={text.remove(index + 1)}
              disabled={list.fields.length === 1}
              onClick={() => list.remove(index)}
            >
              <Trash2 />
            </IconButton>
          </div>
        );
      })}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          size="sm"
          icon={<Plus />}
          disabled={list.fields.length >= MAX_SHARES}
          onClick={() => list.append({ teamId: '', costCenter: '', percent: '' })}
        >
          {text.add}
        </Button>
        <Button size="sm" icon={<Equal />} onClick={() => setEqual(list.fields.length)}>
          {text.equally}
        </Button>
        <ShareTotal basisPoints={basisPoints} />
      </div>
      {form.formState.isSubmitted && !isWhole && (
        <p role="alert" className="text-xs text-negative">
          {text.notWhole}
        </p>
      )}
    </fieldset>
  );
}

const NO_TEAM = 'none';

/** Told as it is typed: what is missing, or too much. */
function ShareTotal({ basisPoints }: { readonly basisPoints: number }) {
  const text = useMessages('chargeback').form;
  const locale = useLocale();
  const rest = WHOLE_BASIS_POINTS - basisPoints;
  const sentence =
    rest === 0
      ? text.whole
      : rest > 0
        ? text.missing(typedPercent(basisPoints, locale), typedPercent(rest, locale))
        : text.tooMuch(typedPercent(basisPoints, locale), typedPercent(-rest, locale));
  return (
    <p
      aria-live="polite"
      className={`tabular ml-auto text-sm font-medium ${rest === 0 ? 'text-positive' : 'text-warning'}`}
    >
      {sentence}
    </p>
  );
}

function useSplitForm(before: CostSplit | undefined, months: readonly string[]) {
  const chargeback = useMessages('chargeback');
  const { required } = useMessages('parts');
  const locale = useLocale();
  const schema = z.custom<SplitFormValues>().superRefine((values, context) => {
    const refuse = (path: PropertyKey[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    if (values.keyId === '') refuse(['keyId'], required);
    const { isWhole } = sumShares(values.shares, locale);
    if (!isWhole) refuse(['shares', 'root'], chargeback.form.notWhole);
  });
  // A rule that is to come is replaced in its own month; the next one of a rule in force begins next month.
  const [running = '', next = running] = months;
  const month =
    before === undefined ? running : before.state === 'scheduled' ? monthOf(before.validFrom) : next;
  return useForm<SplitFormValues>({
    resolver: zodResolver(schema),
    defaultValues: toFormValues(before, months.includes(month) ? month : running, locale),
  });
}
