'use client';
/** A request that nobody sends: is it allowed, which rule says no, what would it hold? */
import type { RequestCheck } from '@tollgate/api';
import {
  Badge,
  type BadgeTone,
  Button,
  Callout,
  Combobox,
  Field,
  Input,
  Money,
  Select,
  Switch,
} from '@tollgate/ui';
import Link from 'next/link';
import { Controller, useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useOneAtATime } from '../common/request-safety.ts';
import { parseCount } from '../limits/amount.ts';
import { useLimitText } from '../limits/use-limit-text.ts';
import { useProviderName } from '../providers/provider-api.ts';
import { useEndpointOptions, useModelOptions } from './key-options.ts';

interface CheckValues {
  model: string;
  endpoint: string;
  inputTokens: string;
  outputTokens: string;
  ipAddress: string;
  endUser: string;
  stream: boolean;
}

const FIELDS = [
  'model',
  'endpoint',
  'inputTokens',
  'outputTokens',
  'ipAddress',
  'endUser',
  'stream',
] as const;
const ANY = 'any';
const JUDGED = ['/keys', '/key-rules', '/teams', '/budgets', '/rate-limits', '/routes', '/models'];
type Rule = RequestCheck['checks'][number];

export function CheckForm({ keyId }: { readonly keyId: string }) {
  const text = useMessages('checks');
  const { required } = useMessages('parts');
  const { countWrong } = useMessages('limits');
  const locale = useLocale();
  const models = useModelOptions();
  const endpoints = useEndpointOptions();
  const form = useForm<CheckValues>({
    defaultValues: {
      model: '',
      endpoint: ANY,
      inputTokens: '1000',
      outputTokens: '',
      ipAddress: '',
      endUser: '',
      stream: false,
    },
  });
  const { problem, clear, report } = useFormProblem(form, FIELDS);
  const check = useApiMutation<RequestCheck, object>(
    (json) => ({ path: `/keys/${encodeURIComponent(keyId)}/policy/check`, json }),
    { judges: JUDGED },
  );
  const { errors } = form.formState;
  const submit = form.handleSubmit(
    useOneAtATime(async (values) => {
      clear();
      const counts = { inputTokens: values.inputTokens, outputTokens: values.outputTokens } as const;
      const read = (name: keyof typeof counts) =>
        counts[name].trim() === '' ? undefined : parseCount(counts[name], locale);
      if (values.model === '') return form.setError('model', { message: required });
      for (const name of ['inputTokens', 'outputTokens'] as const) {
        if (counts[name].trim() !== '' && read(name) === undefined)
          return form.setError(name, { message: countWrong });
      }
      const optional = {
        inputTokens: read('inputTokens'),
        outputTokens: read('outputTokens'),
        endpoint: values.endpoint === ANY ? undefined : values.endpoint,
        ipAddress: values.ipAddress.trim() || undefined,
        endUser: values.endUser.trim() || undefined,
      };
      await check.mutateAsync({ model: values.model, stream: values.stream, ...optional }).catch(report);
    }),
  );
  return (
    <>
      <form className="flex flex-col gap-3" method="post" noValidate onSubmit={(event) => void submit(event)}>
        {problem && (
          <Callout tone="negative" live>
            {problem}
          </Callout>
        )}
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          <Field label={text.model} error={errors.model?.message}>
            <Controller
              control={form.control}
              name="model"
              render={({ field }) => (
                <Combobox
                  {...models}
                  value={field.value || undefined}
                  onValueChange={(value) => field.onChange(value ?? '')}
                />
              )}
            />
          </Field>
          <Field label={text.endpoint} error={errors.endpoint?.message}>
            <Controller
              control={form.control}
              name="endpoint"
              render={({ field }) => (
                <Select
                  value={field.value}
                  onValueChange={field.onChange}
                  options={[
                    { value: ANY, label: text.anyEndpoint },
                    ...endpoints.map(({ value, label }) => ({ value, label: String(label) })),
                  ]}
                />
              )}
            />
          </Field>
          <Field label={text.address} error={errors.ipAddress?.message}>
            <Input autoComplete="off" placeholder="192.0.2.10" {...form.register('ipAddress')} />
          </Field>
          <Field label={text.inputTokens} error={errors.inputTokens?.message}>
            <Input inputMode="numeric" className="tabular" {...form.register('inputTokens')} />
          </Field>
          <Field label={text.outputTokens} error={errors.outputTokens?.message}>
            <Input inputMode="numeric" className="tabular" {...form.register('outputTokens')} />
          </Field>
          <Field label={text.endUser} error={errors.endUser?.message}>
            <Input autoComplete="off" {...form.register('endUser')} />
          </Field>
        </div>
        <Controller
          control={form.control}
          name="stream"
          render={({ field }) => (
            <Switch label={text.stream} checked={field.value} onCheckedChange={field.onChange} />
          )}
        />
        <Button type="submit" variant="primary" className="self-start" loading={check.isPending}>
          {text.check}
        </Button>
      </form>
      <div aria-live="polite">{check.data && <Verdict found={check.data} />}</div>
    </>
  );
}

const TONES: Readonly<Record<Rule['outcome'], BadgeTone>> = {
  allowed: 'positive',
  refused: 'negative',
  depends: 'warning',
};

function Verdict({ found }: { readonly found: RequestCheck }) {
  const text = useMessages('checks');
  const providerName = useProviderName();
  const depends = found.allowed && found.checks.some(({ outcome }) => outcome === 'depends');
  const outcome = found.allowed ? (depends ? 'depends' : 'allowed') : 'refused';
  return (
    <div className="mt-4 flex flex-col gap-2 border-t border-line pt-3">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <Badge tone={TONES[outcome]} dot>
          {text[outcome]}
        </Badge>
        {found.route && (
          <Link href={`/routes/${found.route.id}`} className="text-accent-ink hover:underline">
            {text.byRoute(found.route.name, found.route.target)}
          </Link>
        )}
        {found.model && (
          <span className="text-ink-soft">
            {text.by(providerName(found.model.provider), found.model.credentialName)}
          </span>
        )}
        {found.model && (
          <span className="text-ink-soft">
            {found.worstCaseUsd === null ? (
              text.unbounded
            ) : (
              <>
                {text.worst} <Money value={found.worstCaseUsd} className="font-medium text-ink" />,{' '}
                {found.held ? text.held : text.notHeld}
              </>
            )}
          </span>
        )}
      </p>
      <ul className="flex flex-col divide-y divide-line">
        {found.checks.map((rule) => (
          <CheckRow key={`${rule.check}-${rule.ruleId ?? ''}`} rule={rule} />
        ))}
      </ul>
    </div>
  );
}

function CheckRow({ rule }: { readonly rule: Rule }) {
  const text = useMessages('checks');
  const { resoldModels } = useMessages('limits');
  const { money, number } = useLimitText();
  const ofOperator = rule.setBy === 'operator';
  const isMoney = rule.check === 'budget';
  const show = (value: string) =>
    isMoney ? money(value) : /^\d+$/.test(value) ? number(Number(value)) : value;
  const href =
    rule.ruleId === null
      ? undefined
      : `${rule.check === 'budget' ? '/budgets' : '/rate-limits'}?open=${rule.ruleId}`;
  const reason = rule.code === null ? undefined : (text.codes[rule.code] ?? rule.code);
  const parts = [
    rule.check === 'model' && rule.code !== null && rule.limit === null ? text.notServed : reason,
    rule.ruleId !== null && rule.requested !== null && rule.limit !== null
      ? text.asks(show(rule.requested), show(rule.limit))
      : rule.limit !== null && rule.limit !== ''
        ? text.allows(show(rule.limit))
        : undefined,
    rule.used === null ? undefined : text.uses(show(rule.used)),
    rule.instead !== null && isMoney ? text.instead(rule.instead) : undefined,
    rule.raisedByPayment && rule.outcome === 'refused' && rule.code !== 'unbounded_cost'
      ? text.addPaymentMethod
      : undefined,
    ofOperator && rule.outcome === 'refused' ? text.askOperator : undefined,
  ].filter((part) => part !== undefined);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm">
      <Badge tone={TONES[rule.outcome]}>{text[rule.outcome]}</Badge>
      <span className="font-medium">
        {href === undefined ? (
          text.kinds[rule.check]
        ) : (
          <Link href={href} className="hover:underline">
            {[text.kinds[rule.check], ofOperator ? resoldModels : rule.ruleName].filter(Boolean).join(' · ')}
          </Link>
        )}
      </span>
      <span className="tabular text-ink-soft wrap-anywhere">{parts.join(' · ')}</span>
    </li>
  );
}
