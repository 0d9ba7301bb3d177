'use client';
/** What the operator adds to the cost of the credentials that it resells: in force, to come, and past. */
import type { MarkupRule } from '@tollgate/api';
import { Badge, type BadgeTone, Button, type ColumnDef, Money, TimeStamp } from '@tollgate/ui';
import { Percent } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useApiList, useApiMutation } from '../../api/use-api.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { ListSection } from '../common/list-section.tsx';
import { useEvery } from '../common/use-every.ts';
import { idOf } from '../common/use-list-props.ts';
import { RESOLD_PATH } from '../operator/operator-api.ts';
import { useMe } from '../shell/use-me.ts';
import { MarkupDialog, type ResoldCredential } from './markup-dialog.tsx';
import { MARKUP_RULES_PATH, STALE_AFTER_MARKUP_CHANGE } from './price-api.ts';
import { useComponentName } from './price-facts.tsx';

const TONE: Readonly<Record<MarkupRule['state'], BadgeTone>> = {
  'in-force': 'positive',
  scheduled: 'info',
  past: 'neutral',
};

export function MarkupRules() {
  const text = useMessages('prices').markup;
  const rules = useApiList<MarkupRule>(MARKUP_RULES_PATH);
  const resold = useEvery<ResoldCredential>(RESOLD_PATH).rows;
  const [stating, setStating] = useState(false);
  const [removing, setRemoving] = useState<MarkupRule>();
  const columns = useColumns(setRemoving);
  const state = resold.length > 0 && (
    <Button icon={<Percent />} onClick={() => setStating(true)}>
      {text.state}
    </Button>
  );
  return (
    <ListSection
      text={text.text}
      actions={state}
      caption={text.text}
      columns={columns}
      rows={rules.rows}
      getRowId={idOf}
      list={rules}
      columnChoice
      rememberAs="markup-rules"
      empty={{ icon: <Percent />, title: text.emptyTitle, text: text.emptyText }}
    >
      {stating && <MarkupDialog credentials={resold} onClose={() => setStating(false)} />}
      {removing !== undefined && <RemoveDialog rule={removing} onClose={() => setRemoving(undefined)} />}
    </ListSection>
  );
}

function RemoveDialog({ rule, onClose }: { readonly rule: MarkupRule; readonly onClose: () => void }) {
  const text = useMessages('prices');
  const remove = useApiMutation<void, MarkupRule>(
    ({ id }) => ({ path: `/operator/markup-rules/${id}`, method: 'DELETE' }),
    { invalidates: STALE_AFTER_MARKUP_CHANGE },
  );
  return (
    <ConfirmAction
      title={text.markup.removeTitle(rule.credentialName)}
      confirmLabel={text.remove}
      run={() => remove.mutateAsync(rule)}
      done={text.markup.removed}
      onClose={onClose}
    >
      {text.markup.removeText}
    </ConfirmAction>
  );
}

function useColumns(onRemove: (rule: MarkupRule) => void): ColumnDef<MarkupRule>[] {
  const prices = useMessages('prices');
  const locale = useLocale();
  const nameOf = useComponentName();
  const ownId = useMe().data?.organizationId;
  return useMemo<ColumnDef<MarkupRule>[]>(() => {
    const text = prices.markup;
    const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
    const describe = ({ basisPoints, perUnit }: MarkupRule): ReactNode[] => [
      ...(basisPoints !== 0 || Object.keys(perUnit).length === 0
        ? [<span key="percent">{percent.format(basisPoints / 10_000)}</span>]
        : []),
      ...Object.entries(perUnit).map(([name, unit]) => (
        <span key={name}>
          <Money value={unit.usdPerMillion ?? unit.usdPerUnit} />{' '}
          {text.unit(nameOf(name), unit.usdPerMillion !== null)}
        </span>
      )),
    ];
    return [
      {
        id: 'credential',
        header: text.credential,
        enableSorting: false,
        // Of a credential that was deleted since, its rules have the id alone.
        cell: ({ row: { original } }) => (
          <span className="font-medium wrap-anywhere">
            {original.credentialName || original.credentialId}
          </span>
        ),
      },
      {
        id: 'for',
        header: prices.form.scope,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row: { original } }) =>
          original.organizationId === null
            ? text.scopes.everybody
            : original.organizationId === ownId
              ? text.scopes.organization
              : original.organizationId,
      },
      {
        id: 'markup',
        header: text.markup,
        enableSorting: false,
        cell: ({ row }) => <span className="tabular flex flex-col">{describe(row.original)}</span>,
      },
      {
        id: 'validFrom',
        header: prices.validFrom,
        enableSorting: false,
        meta: { wideOnly: true },
        cell: ({ row }) => <TimeStamp value={row.original.validFrom} format="exact" />,
      },
      {
        id: 'state',
        header: prices.state,
        enableSorting: false,
        cell: ({ row }) => <Badge tone={TONE[row.original.state]}>{prices.states[row.original.state]}</Badge>,
      },
      {
        id: 'actions',
        header: () => <span className="sr-only">{prices.remove}</span>,
        enableSorting: false,
        meta: { align: 'right' },
        cell: ({ row: { original } }) =>
          original.removable && (
            <Button size="sm" onClick={() => onRemove(original)}>
              {prices.remove}
            </Button>
          ),
      },
    ];
  }, [prices, locale, nameOf, ownId, onRemove]);
}
