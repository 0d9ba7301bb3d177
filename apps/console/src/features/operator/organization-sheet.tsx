'use client';
/** One organization for the operator: how it stands, how it is billed, and whether it is served. */
import type { OperatedOrganization, OperatedOrganizationDetail } from '@tollgate/api';
import {
  Button,
  Callout,
  DefinitionList,
  Money,
  Sheet,
  SkeletonText,
  TimeStamp,
  TokenCount,
} from '@tollgate/ui';
import { useState } from 'react';
import { useApiQuery } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { DunningText } from '../billing/dunning-text.tsx';
import { QueryError } from '../common/query-error.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { formatBasisPoints } from './basis-points.ts';
import { ContractPrices } from './contract-prices.tsx';
import { CreditsDialog } from './credits-dialog.tsx';
import { DunningDialog } from './dunning-dialog.tsx';
import { type OrganizationBilling, organizationPath } from './operator-api.ts';
import { ResoldSpendSection } from './resold-spend.tsx';
import { ServingState } from './serving-state.tsx';
import { SuspendDialog } from './suspend-dialog.tsx';
import { TaxChanges } from './tax-changes.tsx';
import { TermsDialog } from './terms-dialog.tsx';

export interface OrganizationSheetProps {
  readonly id: string | undefined;
  readonly onClose: () => void;
}

export function OrganizationSheet({ id, onClose }: OrganizationSheetProps) {
  const path = id === undefined ? undefined : organizationPath(id);
  const organization = useApiQuery<OperatedOrganizationDetail>(path);
  const { data, error } = organization;
  return (
    <Sheet
      open={id !== undefined}
      onClose={onClose}
      title={
        data === undefined ? (
          '…'
        ) : (
          <span className="flex flex-wrap items-center gap-2">
            <span className="wrap-anywhere">{data.name}</span>
            <ServingState organization={data} />
          </span>
        )
      }
      footer={path !== undefined && <ShowApiCall path={path} />}
    >
      {error && data === undefined ? (
        <QueryError query={organization} />
      ) : data === undefined ? (
        <SkeletonText lines={8} />
      ) : (
        <OrganizationContent key={data.id} organization={data} />
      )}
    </Sheet>
  );
}

type Opened = 'suspend' | 'resume' | 'credits' | 'terms' | 'dunning';

function OrganizationContent({ organization }: { readonly organization: OperatedOrganizationDetail }) {
  const text = useMessages('operator').organizations;
  const [opened, setOpened] = useState<Opened>();
  const billing = useApiQuery<OrganizationBilling>(`${organizationPath(organization.id)}/billing`);
  const close = () => setOpened(undefined);
  return (
    <div className="flex flex-col gap-5">
      {organization.closedAt !== null ? (
        <Closing closedAt={organization.closedAt} />
      ) : (
        organization.suspendedBy !== null && <Suspension organization={organization} />
      )}
      <div className="flex flex-wrap gap-2">
        {organization.closedAt === null && organization.suspendedAt !== null && (
          <Button size="sm" variant="primary" onClick={() => setOpened('resume')}>
            {text.resume}
          </Button>
        )}
        {organization.closedAt === null && organization.suspendedBy === 'dunning' && (
          <Button size="sm" onClick={() => setOpened('suspend')}>
            {text.takeOver}
          </Button>
        )}
        <Button size="sm" onClick={() => setOpened('credits')}>
          {text.credits}
        </Button>
        <Button size="sm" disabled={billing.data === undefined} onClick={() => setOpened('terms')}>
          {text.terms}
        </Button>
        <Button size="sm" disabled={billing.data === undefined} onClick={() => setOpened('dunning')}>
          {text.dunning.change}
        </Button>
        {organization.closedAt === null && organization.suspendedAt === null && (
          <Button size="sm" variant="dangerGhost" onClick={() => setOpened('suspend')}>
            {text.suspend}
          </Button>
        )}
      </div>
      <Facts organization={organization} />
      <ResoldSpendSection organization={organization} />
      {billing.data && <BillingFacts billing={billing.data} />}
      <ContractPrices organization={organization} />
      {(opened === 'suspend' || opened === 'resume') && (
        <SuspendDialog organization={organization} action={opened} onClose={close} />
      )}
      {opened === 'credits' && <CreditsDialog organization={organization} onClose={close} />}
      {opened === 'terms' && billing.data && (
        <TermsDialog organization={organization} billing={billing.data} onClose={close} />
      )}
      {opened === 'dunning' && billing.data && (
        <DunningDialog organization={organization} billing={billing.data} onClose={close} />
      )}
    </div>
  );
}

function Closing({ closedAt }: { readonly closedAt: string }) {
  const text = useMessages('operator').organizations;
  return (
    <Callout>
      <p className="font-medium text-ink">
        {text.closedSince} <TimeStamp value={closedAt} />
      </p>
      <p>{text.closedText}</p>
    </Callout>
  );
}

function Suspension({ organization }: { readonly organization: OperatedOrganization }) {
  const text = useMessages('operator').organizations;
  const { suspendedAt, suspendedBy, suspendedReason } = organization;
  if (suspendedAt === null || suspendedBy === null) return null;
  return (
    <Callout tone="warning">
      <p className="font-medium text-ink">
        {text.suspendedSince} <TimeStamp value={suspendedAt} /> {text.by[suspendedBy]}
      </p>
      {suspendedReason !== '' && <p className="wrap-anywhere">{suspendedReason}</p>}
    </Callout>
  );
}

function Facts({ organization }: { readonly organization: OperatedOrganization }) {
  const text = useMessages('operator').organizations;
  return (
    <DefinitionList
      items={[
        { term: text.spend, value: <Money value={organization.spentThisMonthUsd} precision="cents" /> },
        { term: text.requests, value: <TokenCount value={organization.requestsThisMonth} /> },
        { term: text.plan, value: organization.planName },
        { term: text.members, value: <TokenCount value={organization.memberCount} /> },
        { term: text.created, value: <TimeStamp value={organization.createdAt} format="exact" /> },
        { term: text.slug, value: organization.slug },
        { term: text.region, value: organization.region },
        { term: text.id, value: <code className="font-mono text-xs">{organization.id}</code> },
      ]}
    />
  );
}

function BillingFacts({ billing }: { readonly billing: OrganizationBilling }) {
  const text = useMessages('operator').organizations;
  const locale = useLocale();
  const taxes = billing.taxExempt
    ? text.taxExempt
    : billing.ownTaxRates.length === 0
      ? text.taxUsual
      : `${text.taxOwn}: ${billing.ownTaxRates.map(({ name, rateBasisPoints }) => `${name} ${formatBasisPoints(rateBasisPoints, locale)}`).join(', ')}`;
  return (
    <section>
      <h3 className="mb-1 text-sm font-semibold">{text.billing}</h3>
      <DefinitionList
        items={[
          { term: text.balance, value: <Money value={billing.credits.balanceUsd} precision="cents" /> },
          { term: text.available, value: <Money value={billing.credits.availableUsd} precision="cents" /> },
          { term: text.collection, value: text.collectionModes[billing.collectionMode] },
          { term: text.paymentTerm, value: text.days(billing.paymentTermDays) },
          { term: text.grace, value: text.days(billing.graceDays) },
          { term: text.taxes, value: taxes },
          ...(billing.taxChanges.length === 0
            ? []
            : [{ term: text.taxChanges, value: <TaxChanges changes={billing.taxChanges} /> }]),
          { term: text.dunning.overdue, value: <DunningText policy={billing.dunningPolicy} /> },
        ]}
      />
    </section>
  );
}
