'use client';
/** Name, slug, time zone, how long gateways go on alone, and for how long payloads are kept. */
import type { AccountSecurity, Organization } from '@tollgate/api';
import { Callout, Card, Combobox, Field, Input, PageHeader, Select, Skeleton, toast } from '@tollgate/ui';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Guarded } from '../common/guarded.tsx';
import { ChangedMeanwhile, useNewerState } from '../common/newer-state.tsx';
import { QueryError } from '../common/query-error.tsx';
import { etagOfTime } from '../common/request-safety.ts';
import { usePayloadText } from '../payloads/use-payload-text.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { useMe } from '../shell/use-me.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { EndOfOrganization } from './end-of-organization.tsx';
import { OrganizationFacts } from './organization-facts.tsx';
import { FewerPayloadDays, PayloadDaysField, useDaysText } from './payload-days-field.tsx';
import { SettingsForm } from './settings-form.tsx';

export function OrganizationScreen() {
  const text = useMessages('settings').organization;
  const id = useMe().data?.organizationId;
  return (
    <>
      <PageHeader
        title={text.title}
        description={text.description}
        actions={id && <ShowApiCall path={`/organizations/${id}`} />}
      />
      <Guarded permission="organization:read">
        <LoadedOrganization />
      </Guarded>
    </>
  );
}

function useOrganization() {
  const id = useMe().data?.organizationId;
  return useApiQuery<Organization>(id ? `/organizations/${id}` : undefined);
}

function LoadedOrganization() {
  const organization = useOrganization();
  if (organization.error && organization.data === undefined) {
    return (
      <Card flush>
        <QueryError query={organization} />
      </Card>
    );
  }
  if (organization.data === undefined) return <Skeleton className="h-72 max-w-3xl" />;
  return (
    <div className="flex max-w-3xl flex-col gap-5">
      <OrganizationForm key={organization.data.id} organization={organization.data} />
      <OrganizationFacts organization={organization.data} />
      <EndOfOrganization organization={organization.data} />
    </div>
  );
}

const SECOND_FACTOR_POLICIES = ['optional', 'required', 'required-or-provider'] as const;

interface OrganizationValues {
  name: string;
  slug: string;
  timeZone: string;
  stalenessMinutes: string;
  secondFactorPolicy: Organization['secondFactorPolicy'];
  payloadRetentionDays: string;
}

function OrganizationForm({ organization }: { readonly organization: Organization }) {
  const text = useMessages('settings').organization;
  const common = useMessages('common');
  const parts = useMessages('parts');
  const router = useRouter();
  const mayWrite = usePermission('organization:write');
  const path = `/organizations/${organization.id}`;
  const stored = toValues(organization);
  const form = useForm<OrganizationValues>({ defaultValues: stored });
  const newer = useNewerState({ form, values: stored, version: organization.updatedAt, path });
  const { errors } = form.formState;
  const payloadText = usePayloadText().setting;
  const save = useApiMutation<Organization, OrganizationValues>(
    ({ stalenessMinutes, payloadRetentionDays, ...fields }) => ({
      path: `/organizations/${organization.id}`,
      method: 'PATCH',
      json: {
        ...fields,
        stalenessCapSeconds: toSeconds(stalenessMinutes),
        payloadRetentionDays: Number(payloadRetentionDays),
      },
      ifMatch: etagOfTime(organization.updatedAt),
    }),
    { invalidates: ['/organizations', '/me', '/usage', '/requests'] },
  );
  const [asking, setAsking] = useState<OrganizationValues>();
  const toDaysText = useDaysText();
  const change = async (values: OrganizationValues) => {
    await newer.save(values, async () => {
      const saved = await save.mutateAsync(values);
      if (saved.timeZone === values.timeZone) toast.success(common.saved);
      else toast.info(text.zonePending);
      router.refresh();
    });
  };
  const submit = async (values: OrganizationValues) => {
    if (Number(values.payloadRetentionDays) < organization.payloadRetentionDays) setAsking(values);
    else await change(values);
  };
  return (
    <>
      <SettingsForm
        title={text.general}
        form={form}
        fields={[
          'name',
          'slug',
          'timeZone',
          'stalenessMinutes',
          'secondFactorPolicy',
          'payloadRetentionDays',
        ]}
        submitLabel={common.save}
        onSubmit={submit}
        readOnly={!mayWrite}
      >
        {!mayWrite && <Callout>{text.readOnly}</Callout>}
        <ChangedMeanwhile
          newer={newer}
          labels={{
            name: common.name,
            slug: text.slug,
            timeZone: text.timeZone,
            stalenessMinutes: text.staleness,
            secondFactorPolicy: text.secondFactor,
            payloadRetentionDays: payloadText.label,
          }}
          valueText={(name) => {
            if (name === 'secondFactorPolicy') return text.secondFactorPolicy[stored.secondFactorPolicy];
            return name === 'payloadRetentionDays'
              ? toDaysText(organization.payloadRetentionDays)
              : undefined;
          }}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label={common.name} error={errors.name?.message} required>
            <Input
              autoComplete="organization"
              readOnly={!mayWrite}
              {...form.register('name', { required: parts.required })}
            />
          </Field>
          <Field label={text.slug} error={errors.slug?.message} hint={text.slugHint} required>
            <Input
              autoComplete="off"
              spellCheck={false}
              readOnly={!mayWrite}
              className="font-mono"
              {...form.register('slug', { required: parts.required })}
            />
          </Field>
        </div>
        <Field label={text.timeZone} error={errors.timeZone?.message} hint={text.timeZoneHint}>
          <Controller
            control={form.control}
            name="timeZone"
            render={({ field }) => (
              <Combobox
                value={field.value}
                disabled={!mayWrite}
                onValueChange={(zone) => field.onChange(zone ?? 'UTC')}
                options={timeZoneOptions(field.value)}
              />
            )}
          />
        </Field>
        <Field label={text.staleness} error={errors.stalenessMinutes?.message} hint={text.stalenessHint}>
          <Input
            type="number"
            min={0.5}
            max={1440}
            step="any"
            readOnly={!mayWrite}
            className="tabular w-40"
            suffix={<span className="pr-2">min</span>}
            aria-label={`${text.staleness} (${text.minutes})`}
            {...form.register('stalenessMinutes', {
              required: parts.required,
              validate: (typed) =>
                (toSeconds(typed) >= 30 && toSeconds(typed) <= 86_400) || text.minutesWrong,
            })}
          />
        </Field>
        <SecondFactorField form={form} readOnly={!mayWrite} />
        <Controller
          control={form.control}
          name="payloadRetentionDays"
          render={({ field }) => (
            <PayloadDaysField
              value={field.value}
              storedDays={organization.payloadRetentionDays}
              onChange={field.onChange}
              error={errors.payloadRetentionDays?.message}
              disabled={!mayWrite}
            />
          )}
        />
      </SettingsForm>
      {asking && (
        <FewerPayloadDays
          days={Number(asking.payloadRetentionDays)}
          run={() => change(asking)}
          onClose={() => setAsking(undefined)}
        />
      )}
    </>
  );
}

const toSeconds = (minutes: string) => Math.round(Number(minutes) * 60);

function toValues(organization: Organization): OrganizationValues {
  const { name, slug, timeZone, stalenessCapSeconds, secondFactorPolicy, payloadRetentionDays } =
    organization;
  return {
    name,
    slug,
    timeZone,
    // Two digits find every second again.
    stalenessMinutes: String(Math.round((stalenessCapSeconds / 60) * 100) / 100),
    secondFactorPolicy,
    payloadRetentionDays: String(payloadRetentionDays),
  };
}

interface SecondFactorFieldProps {
  readonly form: ReturnType<typeof useForm<OrganizationValues>>;
  readonly readOnly: boolean;
}

function SecondFactorField({ form, readOnly }: SecondFactorFieldProps) {
  const text = useMessages('settings').organization;
  const security = useApiQuery<AccountSecurity>('/me/security');
  const policy = useWatch({ control: form.control, name: 'secondFactorPolicy' });
  const asksMe = policy !== 'optional' && security.data?.secondFactorAt === null;
  return (
    <>
      <Field
        label={text.secondFactor}
        hint={text.secondFactorHint[policy]}
        error={form.formState.errors.secondFactorPolicy?.message}
      >
        <Controller
          control={form.control}
          name="secondFactorPolicy"
          render={({ field }) => (
            <Select
              value={field.value}
              disabled={readOnly}
              onValueChange={field.onChange}
              options={SECOND_FACTOR_POLICIES.map((value) => ({
                value: value as string,
                label: text.secondFactorPolicy[value],
              }))}
            />
          )}
        />
      </Field>
      {asksMe && !readOnly && <Callout tone="warning">{text.secondFactorSelf}</Callout>}
    </>
  );
}

function timeZoneOptions(current: string) {
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  return [...new Set([current, ...zones])]
    .toSorted()
    .map((zone) => ({ value: zone, label: zone.replaceAll('_', ' '), keywords: [zone] }));
}
