'use client';
/** Creates a budget, or changes one. Only the amount is needed. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { Budget } from '@tollgate/api';
import { Callout } from '@tollgate/ui';
import { type UseFormReturn, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { type Meanwhile, useNewerThing, useOpened } from '../common/newer-thing.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { parseAmount } from '../limits/amount.ts';
import { DryRunPanel } from '../limits/dry-run.tsx';
import { isScopeMissing } from '../limits/scope-form.ts';
import { useLimitText } from '../limits/use-limit-text.ts';
import { useOrganizationZone } from '../shell/use-me.ts';
import { STALE_AFTER_BUDGET_CHANGE } from './budget-api.ts';
import { BudgetFields } from './budget-fields.tsx';
import {
  type BudgetChange,
  type BudgetFormValues,
  budgetValues,
  type NewBudgetBody,
  newBudgetValues,
  parseThresholds,
  toBudgetChange,
  toNewBudget,
} from './budget-form-values.ts';
import { isStartToCome, toAnchorAt } from './budget-start.ts';

const FIELDS = [
  'scopeId',
  'limitUsd',
  'period',
  'kind',
  'name',
  'thresholds',
  'model',
  'carryOver',
  'carryOverCapUsd',
  'startDay',
  'startTime',
] as const;
/** Where the API says it of another part of the body than the form has. */
const API_FIELDS = { 'scope.id': 'scopeId', 'onExceeded.model': 'model', anchorAt: 'startDay' } as const;

function useBudgetForm(defaultValues: BudgetFormValues) {
  const text = useMessages('budgets').form;
  const { amountWrong } = useMessages('limits');
  const { required } = useMessages('parts');
  const locale = useLocale();
  const timeZone = useOrganizationZone();
  const schema = z.custom<BudgetFormValues>().superRefine((values, context) => {
    const refuse = (path: keyof BudgetFormValues, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (isScopeMissing(values)) refuse('scopeId', required);
    if (values.limitUsd.trim() === '') refuse('limitUsd', required);
    else if (parseAmount(values.limitUsd, locale) === undefined) refuse('limitUsd', amountWrong);
    if (parseThresholds(values.thresholds) === undefined) refuse('thresholds', text.thresholdsWrong);
    if (values.kind === 'hard' && values.onExceeded === 'model' && values.model === '') {
      refuse('model', text.modelMissing);
    }
    if (toAnchorAt(values, timeZone, Date.now()) === undefined) {
      refuse(values.period === 'day' ? 'startTime' : 'startDay', text.startWrong);
    } else if (isStartToCome(values, timeZone, Date.now())) refuse('startDay', text.startToCome);
    const cap = values.carryOver ? values.carryOverCapUsd.trim() : '';
    if (cap !== '' && parseAmount(cap, locale) === undefined) refuse('carryOverCapUsd', amountWrong);
  });
  return useForm<BudgetFormValues>({ resolver: zodResolver(schema), defaultValues });
}

export interface CreateBudgetDialogProps {
  /** Chosen already, where the dialog is opened from a key or a team. */
  readonly scope?: Budget['scope'] | undefined;
  readonly onClose: () => void;
  readonly onCreated?: (budget: Budget) => void;
}

export function CreateBudgetDialog({ scope, onClose, onCreated }: CreateBudgetDialogProps) {
  const text = useMessages('budgets').form;
  const locale = useLocale();
  const { budgetName } = useLimitText();
  const timeZone = useOrganizationZone();
  const form = useBudgetForm(newBudgetValues(scope));
  const toBody = (values: BudgetFormValues) => toNewBudget(values, locale, { timeZone, nowMs: Date.now() });
  const key = useIdempotencyKey();
  const create = useApiMutation<Budget, NewBudgetBody>(
    (json) => ({ path: '/budgets', json, idempotencyKey: idempotencyKeyOf(key, json) }),
    { invalidates: STALE_AFTER_BUDGET_CHANGE },
  );
  const readRule = () => {
    const values = form.getValues();
    const limitUsd = parseAmount(values.limitUsd, locale);
    if (!isScopeMissing(values) && limitUsd !== undefined) {
      const { scope: asked, period, anchorAt } = toBody(values);
      return { scope: asked, limitUsd, period, anchorAt };
    }
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
      onSubmit={(values) => create.mutateAsync(toBody(values))}
      done={(budget) => text.created(budgetName(budget))}
      onDone={(budget) => {
        onClose();
        onCreated?.(budget);
      }}
      onClose={onClose}
    >
      <BudgetFields form={form} />
      <DryRunPanel path="/budgets/dry-run" readRule={readRule} />
    </FormDialog>
  );
}

export interface EditBudgetDialogProps {
  readonly budget: Budget;
  readonly onClose: () => void;
}

export function EditBudgetDialog({ budget: opened, onClose }: EditBudgetDialogProps) {
  const text = useMessages('budgets').form;
  const [budget, setBudget] = useOpened(opened);
  const { scopeFixed } = useMessages('limits');
  const locale = useLocale();
  const { budgetName } = useLimitText();
  const form = useBudgetForm(budgetValues(budget, locale));
  const meanwhile = useMeanwhile(form, [budget, setBudget]);
  const change = useApiMutation<Budget, BudgetChange>(
    (json) => ({
      path: `/budgets/${budget.id}`,
      method: 'PATCH',
      json,
      ifMatch: `"${budget.version}"`,
    }),
    { invalidates: STALE_AFTER_BUDGET_CHANGE },
  );
  const readRule = () => {
    const limitUsd = parseAmount(form.getValues().limitUsd, locale);
    const { scope, period, anchorAt } = budget;
    if (limitUsd !== undefined) return { scope, limitUsd, period, anchorAt };
    void form.trigger();
    return undefined;
  };
  return (
    <FormDialog
      form={form}
      fields={FIELDS}
      apiFields={API_FIELDS}
      size="lg"
      title={text.editTitle(budgetName(budget))}
      description={text.editText}
      submitLabel={text.save}
      onSubmit={(values) => change.mutateAsync(toBudgetChange(values, locale))}
      meanwhile={meanwhile}
      onClose={onClose}
    >
      <BudgetFields form={form} existing={budget} />
      <DryRunPanel path="/budgets/dry-run" readRule={readRule} />
      <Callout>{scopeFixed}</Callout>
    </FormDialog>
  );
}

function useMeanwhile(
  form: UseFormReturn<BudgetFormValues>,
  opened: readonly [Budget, (newer: Budget) => void],
): Meanwhile<BudgetFormValues> | undefined {
  const { form: text, kinds } = useMessages('budgets');
  const locale = useLocale();
  const newer = useNewerThing({
    form,
    opened,
    toValues: (budget) => budgetValues(budget, locale),
    path: `/budgets/${opened[0].id}`,
  });
  return (
    newer && {
      newer,
      labels: {
        limitUsd: text.limit,
        kind: text.kind,
        name: text.name,
        thresholds: text.thresholds,
        onExceeded: text.onExceeded,
        model: text.model,
        carryOver: text.carryOver,
        carryOverCapUsd: text.carryOverCap,
      },
      valueText: (name, { kind, onExceeded }) => {
        if (name === 'kind') return kinds[kind];
        if (name === 'onExceeded') return onExceeded === 'refuse' ? text.refuse : text.cheaper;
        return undefined;
      },
    }
  );
}
