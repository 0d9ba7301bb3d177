'use client';
import { Field, Input, RadioGroup, Select } from '@tollgate/ui';
import { Controller, type UseFormReturn } from 'react-hook-form';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ModelPicker, ScopeFields } from '../limits/scope-fields.tsx';
import { WINDOW_PRESETS, type WindowPreset } from '../limits/window.ts';
import { METRICS, type RateLimitFormValues } from './rate-limit-form-values.ts';

export interface RateLimitFieldsProps {
  readonly form: UseFormReturn<RateLimitFormValues>;
  /** Scope and metric are fixed. */
  readonly existing?: boolean;
}

export function RateLimitFields({ form, existing = false }: RateLimitFieldsProps) {
  const text = useMessages('rateLimits');
  const limits = useMessages('limits');
  const { control, register, formState, watch } = form;
  const { errors } = formState;
  const isRate = watch('metric') !== 'concurrency';
  return (
    <>
      {!existing && (
        <Field label={text.form.metric} error={errors.metric?.message}>
          <Controller
            control={control}
            name="metric"
            render={({ field }) => (
              <RadioGroup
                appearance="cards"
                className="sm:grid-cols-3"
                value={field.value}
                onValueChange={field.onChange}
                options={METRICS.map((value) => ({
                  value,
                  label: limits.metrics[value],
                  description: text.form.metricText[value],
                }))}
              />
            )}
          />
        </Field>
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={text.form.limit} required error={errors.limit?.message}>
          <Input
            autoFocus
            autoComplete="off"
            inputMode="numeric"
            className="tabular"
            {...register('limit')}
          />
        </Field>
        {isRate && (
          <Field label={text.form.window} hint={text.form.windowHint}>
            <Controller
              control={control}
              name="window"
              render={({ field }) => (
                <Select<WindowPreset>
                  value={field.value}
                  onValueChange={field.onChange}
                  options={WINDOW_PRESETS.map((value) => ({ value, label: limits.windows[value] }))}
                />
              )}
            />
          </Field>
        )}
        {isRate && watch('window') === 'custom' && (
          <Field
            label={text.form.seconds}
            required
            error={errors.seconds?.message}
            className="sm:col-start-2"
          >
            <Input autoComplete="off" inputMode="numeric" className="tabular" {...register('seconds')} />
          </Field>
        )}
        {!existing && <ScopeFields form={form} />}
        <Field
          label={text.form.model}
          hint={text.form.modelHint}
          error={errors.model?.message}
          className="sm:col-span-2"
        >
          <Controller
            control={control}
            name="model"
            render={({ field }) => (
              <ModelPicker
                clearable
                placeholder={text.anyModel}
                value={field.value}
                onChange={field.onChange}
              />
            )}
          />
        </Field>
      </div>
    </>
  );
}
