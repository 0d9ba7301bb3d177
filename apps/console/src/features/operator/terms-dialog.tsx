'use client';
/** How invoices are collected, payment term, how long late usage is waited for, and which taxes are charged: of one organization. */
import type { OperatedOrganization } from '@tollgate/api';
import { Field, Input, Select, Switch, Textarea } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { etagOfTime } from '../common/request-safety.ts';
import { parseCount } from '../limits/amount.ts';
import { type OrganizationBilling, organizationPath } from './operator-api.ts';
import { parseTaxLines, typedTaxLines } from './terms-form-values.ts';

interface TermsValues {
  collectionMode: OrganizationBilling['collectionMode'];
  paymentTermDays: string;
  graceDays: string;
  taxExempt: boolean;
  /** One a line; none: those of its country. */
  ownTaxRates: string;
}

const MODES = ['automatic', 'send-invoice', 'manual'] as const;
const MOST_DAYS = { paymentTermDays: 365, graceDays: 60 } as const;

export interface TermsDialogProps {
  readonly organization: OperatedOrganization;
  readonly billing: OrganizationBilling;
  readonly onClose: () => void;
}

export function TermsDialog({ organization, billing: opened, onClose }: TermsDialogProps) {
  const text = useMessages('operator').organizations;
  const common = useMessages('common');
  const locale = useLocale();
  const path = `${organizationPath(organization.id)}/billing`;
  const [billing, setBilling] = useOpened(opened);
  const toValues = (of: OrganizationBilling): TermsValues => ({
    collectionMode: of.collectionMode,
    paymentTermDays: String(of.paymentTermDays),
    graceDays: String(of.graceDays),
    taxExempt: of.taxExempt,
    ownTaxRates: typedTaxLines(of.ownTaxRates, locale),
  });
  const form = useForm<TermsValues>({ defaultValues: toValues(billing) });
  const newer = useNewerThing({ form, opened: [billing, setBilling], toValues, path });
  const { errors } = form.formState;
  const save = useApiMutation<OrganizationBilling, TermsValues>(
    (values) => ({
      path,
      method: 'PATCH',
      json: {
        collectionMode: values.collectionMode,
        paymentTermDays: parseCount(values.paymentTermDays, locale),
        graceDays: parseCount(values.graceDays, locale),
        taxExempt: values.taxExempt,
        ownTaxRates: parseTaxLines(values.ownTaxRates, locale) ?? [],
      },
      ifMatch: etagOfTime(billing.updatedAt),
    }),
    { invalidates: [path, '/audit-events', '/billing'] },
  );
  const days = (name: 'paymentTermDays' | 'graceDays') =>
    form.register(name, {
      validate: (typed) => {
        const count = parseCount(typed, locale);
        return (count !== undefined && count <= MOST_DAYS[name]) || text.daysWrong(MOST_DAYS[name]);
      },
    });
  return (
    <FormDialog
      title={text.termsTitle(organization.name)}
      size="sm"
      form={form}
      fields={['collectionMode', 'paymentTermDays', 'graceDays', 'taxExempt', 'ownTaxRates']}
      submitLabel={common.save}
      onSubmit={(values) => save.mutateAsync(values)}
      meanwhile={
        newer && {
          newer,
          labels: {
            collectionMode: text.collection,
            paymentTermDays: text.paymentTerm,
            graceDays: text.grace,
            taxExempt: text.exempt,
            ownTaxRates: text.ownTaxes,
          },
          valueText: (name, latest) =>
            name === 'collectionMode' ? text.collectionModes[latest.collectionMode] : undefined,
        }
      }
      done={text.termsSaved(organization.name)}
      onClose={onClose}
    >
      <Field label={text.paymentTerm} error={errors.paymentTermDays?.message}>
        <Input autoFocus inputMode="numeric" className="tabular" {...days('paymentTermDays')} />
      </Field>
      <Field label={text.grace} error={errors.graceDays?.message}>
        <Input inputMode="numeric" className="tabular" {...days('graceDays')} />
      </Field>
      <Field label={text.collection} error={errors.collectionMode?.message}>
        <Controller
          control={form.control}
          name="collectionMode"
          render={({ field }) => (
            <Select
              value={field.value}
              onValueChange={field.onChange}
              options={MODES.map((value) => ({ value, label: text.collectionModes[value] }))}
            />
          )}
        />
      </Field>
      <Controller
        control={form.control}
        name="taxExempt"
        render={({ field }) => (
          <Switch label={text.exempt} checked={field.value} onCheckedChange={field.onChange} />
        )}
      />
      {!form.watch('taxExempt') && (
        <Field label={text.ownTaxes} hint={text.ownTaxesHint} error={errors.ownTaxRates?.message}>
          <Textarea
            rows={2}
            spellCheck={false}
            {...form.register('ownTaxRates', {
              validate: (typed) => parseTaxLines(typed, locale) !== undefined || text.ownTaxesWrong,
            })}
          />
        </Field>
      )}
    </FormDialog>
  );
}
