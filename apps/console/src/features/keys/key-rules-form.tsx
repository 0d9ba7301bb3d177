'use client';
/** Rules for keys of an organization or a team: bounds that add up, and defaults for new ones. */
import type { EffectiveKeyRules, KeyRules, Team } from '@tollgate/api';
import {
  Button,
  Callout,
  Card,
  Dash,
  DefinitionList,
  Field,
  Input,
  MultiSelect,
  Select,
  SkeletonText,
  toast,
  UntilTakenOver,
} from '@tollgate/ui';
import { type ReactNode, useMemo, useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { withQuery } from '../../api/query-key.ts';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useFormProblem } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { ChangedMeanwhile, useNewerState } from '../common/newer-state.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useOneAtATime } from '../common/request-safety.ts';
import { useTeamNames } from '../common/team-names.ts';
import { useLimitText } from '../limits/use-limit-text.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { useModelOptions } from './key-options.ts';
import {
  findWrongKeyRules,
  type KeyRulesBody,
  type KeyRulesValues,
  keyRulesValues,
  toKeyRules,
} from './key-rules-values.ts';

const PERIODS = ['day', 'week', 'month', 'lifetime'] as const;
const FIELDS = [
  'maxAgeDays',
  'rotateEveryDays',
  'overlapHours',
  'remindDays',
  'defaultExpiryDays',
  'budgetUsd',
  'requestsPerMinute',
  'tokensPerMinute',
  'models',
] as const;
const API_FIELDS = {
  overlapSeconds: 'overlapHours',
  'defaultBudget.limitUsd': 'budgetUsd',
  defaultModels: 'models',
} as const;

export function OrganizationKeyRules() {
  const text = useMessages('keyRules');
  return (
    <RulesPage
      path="/key-rules"
      effectivePath="/key-rules/effective"
      description={text.organizationText}
      editable={usePermission('organization:write')}
    />
  );
}

export function TeamKeyRules({ team }: { readonly team: Team }) {
  const text = useMessages('keyRules');
  return (
    <RulesPage
      path={`/teams/${encodeURIComponent(team.id)}/key-rules`}
      effectivePath={withQuery('/key-rules/effective', { teamId: team.id })}
      description={text.teamText}
      editable={usePermission('teams:write')}
      removable
    />
  );
}

interface RulesPageProps {
  readonly path: string;
  readonly effectivePath: string;
  readonly description: string;
  readonly editable: boolean;
  readonly removable?: boolean;
}

function RulesPage(props: RulesPageProps) {
  const rules = useApiQuery<KeyRules>(props.path);
  if (rules.error && rules.data === undefined) return <QueryError query={rules} />;
  return (
    <div className="grid items-start gap-4 pt-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      {rules.data === undefined ? (
        <Card>
          <SkeletonText lines={8} />
        </Card>
      ) : (
        <RulesForm rules={rules.data} {...props} />
      )}
      <EffectiveRulesCard path={props.effectivePath} />
    </div>
  );
}

function RulesForm({
  rules,
  path,
  description,
  editable,
  removable,
}: RulesPageProps & { readonly rules: KeyRules }) {
  const text = useMessages('keyRules');
  const limits = useMessages('limits');
  const locale = useLocale();
  const saved = useMemo(() => keyRulesValues(rules, locale), [rules, locale]);
  const form = useForm<KeyRulesValues>({ defaultValues: saved });
  const newer = useNewerState({ form, values: saved, version: rules.version, path });
  const { problem, clear, report } = useFormProblem(form, FIELDS, API_FIELDS);
  const models = useModelOptions();
  const save = useApiMutation<KeyRules, KeyRulesBody>(
    (json) => ({ path, method: 'PUT', json, ifMatch: `"${rules.version}"` }),
    { invalidates: ['/key-rules', '/teams', '/keys'] },
  );
  const { register, control, formState } = form;
  const { errors } = formState;
  const submit = form.handleSubmit(
    useOneAtATime(async (values) => {
      clear();
      const wrong = findWrongKeyRules(values, locale);
      const words = { count: text.numberWrong, amount: limits.amountWrong, days: text.remindWrong };
      for (const { field, kind } of wrong) form.setError(field, { message: words[kind] });
      if (wrong.length > 0) return;
      try {
        const isSaved = await newer.save(values, () => save.mutateAsync(toKeyRules(values, rules, locale)));
        if (isSaved) toast.success(text.saved);
      } catch (error) {
        report(error);
      }
    }),
  );
  const number = (
    name: Exclude<keyof KeyRulesValues, 'models' | 'budgetPeriod'>,
    label: string,
    hint?: string,
  ) => (
    <Field label={label} hint={hint} error={errors[name]?.message}>
      <Input
        autoComplete="off"
        inputMode={name === 'remindDays' ? 'text' : 'numeric'}
        placeholder={removable === true ? text.asAbove : text.none}
        className="tabular"
        disabled={!editable}
        {...(name === 'budgetUsd' && { prefix: '$' })}
        {...register(name)}
      />
    </Field>
  );
  return (
    <Card title={text.title} description={description} actions={<ShowApiCall path={path} />}>
      <form className="flex flex-col gap-5" method="post" noValidate onSubmit={(event) => void submit(event)}>
        <UntilTakenOver>
          {problem && (
            <Callout tone="negative" live>
              {problem}
            </Callout>
          )}
          <ChangedMeanwhile
            newer={newer}
            labels={{
              maxAgeDays: text.maxAge,
              rotateEveryDays: text.rotateEvery,
              overlapHours: text.overlap,
              remindDays: text.remind,
              defaultExpiryDays: text.expiry,
              budgetUsd: text.budget,
              budgetPeriod: limits.budgetPeriod,
              requestsPerMinute: text.requests,
              tokensPerMinute: text.tokens,
              models: text.models,
            }}
            valueText={(name) => (name === 'budgetPeriod' ? limits.perPeriod[saved.budgetPeriod] : undefined)}
          />
          <Group title={text.bounds}>
            {number('maxAgeDays', text.maxAge, text.maxAgeHint)}
            {number('rotateEveryDays', text.rotateEvery, text.rotateEveryHint)}
            {number('remindDays', text.remind, text.remindHint)}
            {number('overlapHours', text.overlap, text.overlapHint)}
          </Group>
          <Group title={text.defaults}>
            {number('defaultExpiryDays', text.expiry, text.expiryHint)}
            <div className="hidden sm:block" />
            {number('requestsPerMinute', text.requests)}
            {number('tokensPerMinute', text.tokens)}
            {number('budgetUsd', text.budget)}
            <Field label={limits.budgetPeriod}>
              <Controller
                control={control}
                name="budgetPeriod"
                render={({ field }) => (
                  <Select<KeyRulesValues['budgetPeriod']>
                    value={field.value}
                    onValueChange={field.onChange}
                    disabled={!editable}
                    options={PERIODS.map((value) => ({ value, label: limits.perPeriod[value] }))}
                  />
                )}
              />
            </Field>
            <Field label={text.models} error={errors.models?.message} className="sm:col-span-2">
              <Controller
                control={control}
                name="models"
                render={({ field }) => (
                  <MultiSelect
                    {...models}
                    value={field.value}
                    onValueChange={field.onChange}
                    allLabel={text.allModels}
                    disabled={!editable}
                  />
                )}
              />
            </Field>
          </Group>
          {editable && (
            <div className="flex flex-wrap gap-2">
              <Button type="submit" variant="primary" loading={save.isPending}>
                {text.save}
              </Button>
              {removable === true && rules.version > 0 && <RemoveRules path={path} version={rules.version} />}
            </div>
          )}
        </UntilTakenOver>
      </form>
    </Card>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 text-sm font-semibold text-ink">{title}</legend>
      <div className="grid gap-4 sm:grid-cols-2">{children}</div>
    </fieldset>
  );
}

function RemoveRules({ path, version }: { readonly path: string; readonly version: number }) {
  const text = useMessages('keyRules');
  const [asking, setAsking] = useState(false);
  const remove = useApiMutation<void>(() => ({ path, method: 'DELETE', ifMatch: `"${version}"` }), {
    invalidates: ['/key-rules', '/teams', '/keys'],
  });
  return (
    <>
      <Button variant="dangerGhost" onClick={() => setAsking(true)}>
        {text.clear}
      </Button>
      {asking && (
        <ConfirmAction
          title={text.clearTitle}
          confirmLabel={text.clear}
          run={() => remove.mutateAsync()}
          done={text.cleared}
          onClose={() => setAsking(false)}
        >
          {text.clearText}
        </ConfirmAction>
      )}
    </>
  );
}

function EffectiveRulesCard({ path }: { readonly path: string }) {
  const text = useMessages('keyRules');
  const query = useApiQuery<EffectiveKeyRules>(path);
  const rules = query.data;
  const items = useEffectiveRuleItems(rules);
  return (
    <Card title={text.effective} description={text.effectiveText}>
      {rules !== undefined ? (
        <DefinitionList items={items} />
      ) : query.error === null ? (
        <SkeletonText lines={6} />
      ) : (
        <QueryError query={query} />
      )}
    </Card>
  );
}

/** Each rule in force with the level that says it. */
export function useEffectiveRuleItems(rules: EffectiveKeyRules | undefined) {
  const text = useMessages('keyRules');
  const limits = useMessages('limits');
  const teamName = useTeamNames(Object.values(rules ?? {}).map((rule) => rule?.teamId));
  const { limitMoney, rateRule } = useLimitText();
  const item = <T,>(
    term: string,
    rule: { readonly value: T; readonly teamId: string | null } | null | undefined,
    show: (value: T) => string,
  ) => ({
    term,
    isSaid: rule !== null && rule !== undefined,
    value:
      rule === null || rule === undefined ? (
        <Dash />
      ) : (
        <span className="flex flex-col items-end">
          <span className="tabular wrap-anywhere">{show(rule.value)}</span>
          <span className="text-xs text-ink-faint">
            {text.from(rule.teamId === null ? text.organization : teamName(rule.teamId))}
          </span>
        </span>
      ),
  });
  return [
    item(text.maxAge, rules?.maxAgeDays, text.days),
    item(text.rotateEvery, rules?.rotateEveryDays, text.days),
    item(text.overlap, rules?.overlapSeconds, (seconds) => text.hours(Math.round(seconds / 3_600))),
    item(text.expiry, rules?.defaultExpiryDays, text.days),
    item(
      text.budget,
      rules?.defaultBudget,
      (budget) => `${limitMoney(budget.limitUsd)} ${limits.perPeriod[budget.period]}`,
    ),
    item(text.rateLimits, rules?.defaultRateLimits, (list) =>
      list.map((limit) => rateRule({ ...limit, windowSeconds: limit.windowSeconds ?? 0 })).join(', '),
    ),
    item(text.models, rules?.defaultModels, (list) => list.join(', ')),
  ];
}
