'use client';
/** Adds a rule, or changes one. What it watches and for whom is fixed once it is there. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { AlertRule } from '@tollgate/api';
import { Field, Input, MultiSelect, Select } from '@tollgate/ui';
import { Controller, type UseFormReturn, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { parseThresholds } from '../budgets/budget-form-values.ts';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { TeamSelect } from '../common/team-select.tsx';
import { parseAmount } from '../limits/amount.ts';
import { useChangeRule, useChannels } from './alert-api.ts';
import {
  NUMBERS,
  type NumberName,
  newRuleValues,
  type RuleValues,
  ruleValues,
  SETTINGS,
  toSettings,
} from './rule-form-values.ts';

const FIELDS = [
  'kind',
  'name',
  'teamId',
  'channelIds',
  'thresholds',
  'lookbackDays',
  'deviations',
  'minimumUsd',
  'daysBefore',
] as const;
const API_FIELDS = {
  'settings.thresholds': 'thresholds',
  'settings.minimumUsd': 'minimumUsd',
} as const;

export interface RuleDialogProps {
  readonly rule?: AlertRule;
  readonly onClose: () => void;
}

export function RuleDialog({ rule: opened, onClose }: RuleDialogProps) {
  const text = useMessages('alerts').rules;
  const locale = useLocale();
  const [rule, setRule] = useOpened(opened);
  const channels = useChannels().rows;
  const preset = channels.find((channel) => channel.preset);
  const form = useRuleForm(rule === undefined ? newRuleValues(preset?.id) : ruleValues(rule));
  const newer = useNewerThing({
    form,
    opened: [rule, setRule],
    toValues: ruleValues,
    path: `/alert-rules/${rule?.id}`,
  });
  const key = useIdempotencyKey();
  const create = useApiMutation<AlertRule, object>(
    (json) => ({ path: '/alert-rules', json, idempotencyKey: idempotencyKeyOf(key, json) }),
    { invalidates: ['/alert-rules'] },
  );
  const change = useChangeRule();
  const submit = (values: RuleValues) => {
    const common = {
      name: values.name.trim(),
      channelIds: [...values.channelIds],
      settings: toSettings(values, locale),
    };
    if (rule !== undefined) return change.mutateAsync({ rule, json: common });
    return create.mutateAsync({
      ...common,
      kind: values.kind,
      teamId: values.teamId === '' ? null : values.teamId,
    });
  };
  return (
    <FormDialog<RuleValues, unknown>
      form={form}
      fields={FIELDS}
      apiFields={API_FIELDS}
      title={rule === undefined ? text.createTitle : text.editTitle}
      description={text.dialogText}
      submitLabel={rule === undefined ? text.submit : text.save}
      onSubmit={submit}
      meanwhile={
        newer && {
          newer,
          labels: { ...text, channelIds: text.channels },
          valueText: (name, { channelIds }) =>
            name === 'channelIds'
              ? channelIds.map((id) => channels.find((channel) => channel.id === id)?.name ?? id).join(', ')
              : undefined,
        }
      }
      done={rule === undefined ? text.created : text.saved}
      onClose={onClose}
    >
      <RuleFields form={form} existing={rule !== undefined} />
    </FormDialog>
  );
}

function useRuleForm(defaultValues: RuleValues) {
  const text = useMessages('alerts').rules;
  const { amountWrong } = useMessages('limits');
  const locale = useLocale();
  const schema = z.custom<RuleValues>().superRefine((values, context) => {
    const refuse = (path: keyof RuleValues, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const settings = SETTINGS[values.kind];
    if (
      settings.includes('thresholds') &&
      values.thresholds.trim() !== '' &&
      parseThresholds(values.thresholds) === undefined
    ) {
      refuse('thresholds', text.thresholdsWrong);
    }
    if (settings.includes('minimumUsd') && parseAmount(values.minimumUsd, locale) === undefined) {
      refuse('minimumUsd', amountWrong);
    }
    for (const name of Object.keys(NUMBERS) as NumberName[]) {
      const [from, to] = NUMBERS[name];
      const value = Number(values[name]);
      const wrong = !Number.isInteger(value) || value < from || value > to;
      if (settings.includes(name) && wrong) refuse(name, text.wrongNumber(from, to));
    }
  });
  return useForm<RuleValues>({ resolver: zodResolver(schema), defaultValues });
}

interface RuleFieldsProps {
  readonly form: UseFormReturn<RuleValues>;
  readonly existing: boolean;
}

function RuleFields({ form, existing }: RuleFieldsProps) {
  const all = useMessages('alerts');
  const text = all.rules;
  const { control, register, formState, watch } = form;
  const { errors } = formState;
  const channels = useChannels().rows;
  const kinds = Object.keys(SETTINGS) as (keyof typeof SETTINGS)[];
  const kind = watch('kind');
  return (
    <>
      <Field label={text.kind} hint={all.kindText[kind]} error={errors.kind?.message}>
        <Controller
          control={control}
          name="kind"
          render={({ field }) => (
            <Select
              disabled={existing}
              value={field.value}
              onValueChange={field.onChange}
              options={kinds.map((value) => ({ value, label: all.kinds[value] }))}
            />
          )}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.name} hint={text.nameHint} error={errors.name?.message}>
          <Input autoComplete="off" {...register('name')} />
        </Field>
        <Field label={text.team} error={errors.teamId?.message}>
          <Controller
            control={control}
            name="teamId"
            render={({ field }) => (
              <TeamSelect
                disabled={existing}
                clearable
                placeholder={text.wholeOrganization}
                value={field.value}
                onChange={field.onChange}
              />
            )}
          />
        </Field>
      </div>
      <SettingFields form={form} />
      <Field label={text.channels} hint={text.channelsHint} error={errors.channelIds?.message}>
        <Controller
          control={control}
          name="channelIds"
          render={({ field }) => (
            <MultiSelect
              allLabel={text.noChannels}
              value={field.value}
              onValueChange={field.onChange}
              options={channels.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
        />
      </Field>
    </>
  );
}

function SettingFields({ form }: Pick<RuleFieldsProps, 'form'>) {
  const text = useMessages('alerts').rules;
  const { register, formState, watch } = form;
  const { errors } = formState;
  const settings = SETTINGS[watch('kind')];
  if (settings.length === 0) return null;
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      {settings.includes('thresholds') && (
        <Field
          label={text.thresholds}
          hint={text.thresholdsHint}
          error={errors.thresholds?.message}
          className="sm:col-span-3"
        >
          <Input autoComplete="off" suffix="%" className="tabular" {...register('thresholds')} />
        </Field>
      )}
      {(Object.keys(NUMBERS) as NumberName[])
        .filter((name) => settings.includes(name))
        .map((name) => (
          <Field key={name} label={text[name]} error={errors[name]?.message}>
            <Input autoComplete="off" inputMode="numeric" className="tabular" {...register(name)} />
          </Field>
        ))}
      {settings.includes('minimumUsd') && (
        <Field label={text.minimumUsd} error={errors.minimumUsd?.message}>
          <Input
            autoComplete="off"
            inputMode="decimal"
            prefix="$"
            className="tabular"
            {...register('minimumUsd')}
          />
        </Field>
      )}
    </div>
  );
}
