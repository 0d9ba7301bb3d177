'use client';
/** Creates a rate limit, or changes one. Only the number is needed. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { RateLimit } from '@tollgate/api';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { parseCount } from '../limits/amount.ts';
import { DryRunPanel } from '../limits/dry-run.tsx';
import { isScopeMissing } from '../limits/scope-form.ts';
import { useLimitText } from '../limits/use-limit-text.ts';
import { STALE_AFTER_LIMIT_CHANGE } from './rate-limit-api.ts';
import { RateLimitFields } from './rate-limit-fields.tsx';
import {
  type NewRateLimitBody,
  newRateLimitValues,
  type RateLimitChange,
  type RateLimitFormValues,
  rateLimitValues,
  toNewRateLimit,
  toRateLimitChange,
  windowSecondsOf,
} from './rate-limit-form-values.ts';

const FIELDS = ['scopeId', 'metric', 'limit', 'seconds', 'model'] as const;
const API_FIELDS = { 'scope.id': 'scopeId', windowSeconds: 'seconds' } as const;

function useRateLimitForm(defaultValues: RateLimitFormValues) {
  const text = useMessages('rateLimits').form;
  const { countWrong } = useMessages('limits');
  const { required } = useMessages('parts');
  const locale = useLocale();
  const schema = z.custom<RateLimitFormValues>().superRefine((values, context) => {
    const refuse = (path: keyof RateLimitFormValues, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (isScopeMissing(values)) refuse('scopeId', required);
    if (values.limit.trim() === '') refuse('limit', required);
    else if (parseCount(values.limit, locale) === undefined) refuse('limit', countWrong);
    if (windowSecondsOf(values, locale) === undefined) refuse('seconds', text.secondsWrong);
  });
  return useForm<RateLimitFormValues>({ resolver: zodResolver(schema), defaultValues });
}

export interface CreateRateLimitDialogProps {
  readonly scope?: RateLimit['scope'] | undefined;
  readonly onClose: () => void;
}

export function CreateRateLimitDialog({ scope, onClose }: CreateRateLimitDialogProps) {
  const text = useMessages('rateLimits').form;
  const locale = useLocale();
  const { rateRule } = useLimitText();
  const form = useRateLimitForm(newRateLimitValues(scope));
  const key = useIdempotencyKey();
  const create = useApiMutation<RateLimit, NewRateLimitBody>(
    (json) => ({ path: '/rate-limits', json, idempotencyKey: idempotencyKeyOf(key, json) }),
    { invalidates: STALE_AFTER_LIMIT_CHANGE },
  );
  const readRule = () => {
    const values = form.getValues();
    const whole = !isScopeMissing(values) && parseCount(values.limit, locale) !== undefined;
    if (whole && windowSecondsOf(values, locale) !== undefined) return toNewRateLimit(values, locale);
    void form.trigger();
    return undefined;
  };
  return (
    <FormDialog
      form={form}
      fields={FIELDS}
      apiFields={API_FIELDS}
      size="lg"
      title={text.title}
      description={text.description}
      submitLabel={text.submit}
      onSubmit={(values) => create.mutateAsync(toNewRateLimit(values, locale))}
      done={(rule) => text.created(rateRule(rule))}
      onClose={onClose}
    >
      <RateLimitFields form={form} />
      <DryRunPanel path="/rate-limits/dry-run" readRule={readRule} />
    </FormDialog>
  );
}

export function EditRateLimitDialog({
  rule: opened,
  onClose,
}: {
  readonly rule: RateLimit;
  readonly onClose: () => void;
}) {
  const text = useMessages('rateLimits').form;
  const locale = useLocale();
  const { windows } = useMessages('limits');
  const { scopeLabel } = useLimitText();
  const [rule, setRule] = useOpened(opened);
  const form = useRateLimitForm(rateLimitValues(rule));
  const newer = useNewerThing({
    form,
    opened: [rule, setRule],
    toValues: rateLimitValues,
    path: `/rate-limits/${rule.id}`,
  });
  const change = useApiMutation<RateLimit, RateLimitChange>(
    (json) => ({ path: `/rate-limits/${rule.id}`, method: 'PATCH', json, ifMatch: `"${rule.version}"` }),
    { invalidates: STALE_AFTER_LIMIT_CHANGE },
  );
  const readRule = () => {
    const values = form.getValues();
    const whole =
      parseCount(values.limit, locale) !== undefined && windowSecondsOf(values, locale) !== undefined;
    if (whole) return { ...toRateLimitChange(values, locale), scope: rule.scope, metric: rule.metric };
    void form.trigger();
    return undefined;
  };
  return (
    <FormDialog
      form={form}
      fields={FIELDS}
      apiFields={API_FIELDS}
      title={text.editTitle(scopeLabel(rule))}
      description={text.editText}
      submitLabel={text.save}
      onSubmit={(values) => change.mutateAsync(toRateLimitChange(values, locale))}
      meanwhile={
        newer && {
          newer,
          labels: { limit: text.limit, window: text.window, seconds: text.seconds, model: text.model },
          valueText: (name, { window }) => (name === 'window' ? windows[window] : undefined),
        }
      }
      onClose={onClose}
    >
      <RateLimitFields form={form} existing />
      <DryRunPanel path="/rate-limits/dry-run" readRule={readRule} />
    </FormDialog>
  );
}
