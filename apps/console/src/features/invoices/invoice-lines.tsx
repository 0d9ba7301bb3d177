'use client';
/** The lines by team and cost centre, then model; and how they become the total. */
import type { Invoice, InvoiceLine } from '@tollgate/api';
import {
  Badge,
  Callout,
  Card,
  classNames,
  Dash,
  EmptyState,
  formatMoney,
  formatPercent,
  Money,
  placesOf,
  Skeleton,
} from '@tollgate/ui';
import { Check, ReceiptText } from 'lucide-react';
import { Fragment, useMemo } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useEvery } from '../common/use-every.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { ProviderName } from '../providers/provider-name.tsx';
import { groupLines, isSameAmount, type LineGroup, sumOf } from './group-lines.ts';
import { LineSheet } from './line-sheet.tsx';
import { PartDocuments } from './part-documents.tsx';
import { UnitPrice } from './unit-price.tsx';
import { useLineLabel } from './use-invoice-text.ts';

export function InvoiceLines({ invoice }: { readonly invoice: Invoice }) {
  const text = useMessages('invoices');
  const url = useUrlState();
  const lines = useEvery<InvoiceLine>(`/invoices/${invoice.id}/lines`);
  const isShowback = invoice.kind === 'showback';
  const groups = useMemo(
    // A statement of cost has no markup in it, whatever was charged for the same usage.
    () => groupLines(isShowback ? lines.rows.map((line) => ({ ...line, markupBasisPoints: 0 })) : lines.rows),
    [lines.rows, isShowback],
  );
  const opened = lines.rows.find(({ id }) => id === url.get('line'));
  return (
    <Card title={text.lines} description={text.linesText} flush>
      {lines.error && lines.rows.length === 0 ? (
        <QueryError query={lines} />
      ) : lines.isLoading ? (
        <div className="p-4">
          <Skeleton className="h-40" />
        </div>
      ) : (
        <>
          {groups.length === 0 ? (
            <EmptyState icon={<ReceiptText />} title={text.noLinesTitle}>
              {text.noLinesText}
            </EmptyState>
          ) : (
            <LineTable
              groups={groups}
              activeId={opened?.id}
              open={(line) => url.set({ line: line.id })}
              statementId={isShowback ? invoice.id : undefined}
            />
          )}
          <Totals invoice={invoice} lines={lines.isComplete ? lines.rows : undefined} />
        </>
      )}
      {opened && <LineSheet invoice={invoice} line={opened} onClose={() => url.set({ line: undefined })} />}
    </Card>
  );
}

interface LineTableProps {
  readonly groups: readonly LineGroup[];
  readonly activeId: string | undefined;
  readonly open: (line: InvoiceLine) => void;
  /** Of a showback statement, whose groups have documents of their own. */
  readonly statementId: string | undefined;
}

const HEAD = 'h-9 border-y border-line px-3 text-xs font-medium whitespace-nowrap text-ink-soft';

function LineTable({ groups, activeId, open, statementId }: LineTableProps) {
  const text = useMessages('invoices');
  const places = useMemo(
    () =>
      placesOf(
        groups.flatMap(({ amountUsd, models }) => [
          amountUsd,
          ...models.flatMap(({ lines }) => lines.map((line) => line.amountUsd)),
        ]),
      ),
    [groups],
  );
  return (
    <section
      aria-label={text.lines}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="relative overflow-x-auto outline-offset-[-2px]"
    >
      <table className="w-full border-separate border-spacing-0 text-sm">
        <thead className="bg-sunken">
          <tr>
            <th scope="col" className={classNames(HEAD, 'pl-4 text-left')}>
              {text.line}
            </th>
            <th scope="col" className={classNames(HEAD, 'text-right max-sm:hidden')}>
              {text.quantity}
            </th>
            <th scope="col" className={classNames(HEAD, 'text-right max-sm:hidden')}>
              {text.unitPrice}
            </th>
            <th scope="col" className={classNames(HEAD, 'pr-4 text-right')}>
              {text.amount}
            </th>
          </tr>
        </thead>
        {groups.map((group) => (
          <GroupRows
            key={group.key}
            group={group}
            activeId={activeId}
            open={open}
            statementId={statementId}
            places={places}
          />
        ))}
      </table>
    </section>
  );
}

function GroupRows({
  group,
  activeId,
  open,
  statementId,
  places,
}: Omit<LineTableProps, 'groups'> & { readonly group: LineGroup; readonly places: number }) {
  const text = useMessages('invoices');
  const name =
    group.kind === 'fee' ? text.fees : group.kind === 'credit' ? text.credits : group.teamName || text.noTeam;
  return (
    <tbody>
      <tr className="bg-canvas">
        <th scope="rowgroup" colSpan={3} className="border-b border-line px-4 py-2 text-left max-sm:hidden">
          <GroupName name={name} group={group} />
        </th>
        <th scope="rowgroup" className="border-b border-line px-4 py-2 text-left sm:hidden">
          <GroupName name={name} group={group} />
        </th>
        <td className="border-b border-line py-2 pr-4 text-right font-semibold">
          <span className="inline-flex items-center gap-1">
            {statementId !== undefined && (
              <PartDocuments statementId={statementId} group={group} name={name} />
            )}
            <Money value={group.amountUsd} places={places} />
          </span>
          <span className="sr-only">{text.sumOf(name)}</span>
        </td>
      </tr>
      {group.models.map((model) => (
        <Fragment key={model.key}>
          {model.model !== '' && (
            <tr>
              <th
                scope="rowgroup"
                colSpan={4}
                className="px-4 pt-2.5 pb-0.5 text-left font-mono text-xs font-medium text-ink"
              >
                {model.model}{' '}
                <span className="font-sans font-normal text-ink-faint">
                  <ProviderName id={model.provider} />
                </span>
              </th>
            </tr>
          )}
          {model.lines.map((line, position) => (
            <LineRow
              key={line.id}
              line={line}
              active={line.id === activeId}
              last={position === model.lines.length - 1}
              open={open}
              places={places}
            />
          ))}
        </Fragment>
      ))}
    </tbody>
  );
}

function GroupName({ name, group }: { readonly name: string; readonly group: LineGroup }) {
  const text = useMessages('invoices');
  return (
    <span className="flex flex-wrap items-center gap-2 font-semibold">
      {name}
      {group.kind === 'usage' && (
        <span className="text-xs font-normal text-ink-faint">
          {group.costCenter ? `${text.costCenter} ${group.costCenter}` : text.noCostCenter}
        </span>
      )}
    </span>
  );
}

interface LineRowProps {
  readonly line: InvoiceLine;
  readonly active: boolean;
  readonly last: boolean;
  readonly open: (line: InvoiceLine) => void;
  readonly places: number;
}

function LineRow({ line, active, last, open, places }: LineRowProps) {
  const text = useMessages('invoices');
  const locale = useLocale();
  const cell = classNames('py-1.5', last && 'border-b border-line pb-2.5');
  const quantity = new Intl.NumberFormat(locale).format(line.quantity as Intl.StringNumericLiteral);
  // The model stands above.
  const label = useLineLabel()(line);
  return (
    <tr
      className={classNames('cursor-pointer hover:bg-hover', active && 'bg-selected')}
      onClick={() => open(line)}
    >
      <td className={classNames(cell, 'pr-3 pl-4')}>
        <button
          type="button"
          className="inline-block rounded-xs text-left text-ink-soft first-letter:uppercase hover:text-ink hover:underline"
          onClick={(event) => {
            event.stopPropagation();
            open(line);
          }}
        >
          {label}
        </button>
        <span className="tabular block text-xs text-ink-faint sm:hidden">
          {line.kind !== 'credit' && (
            <>
              {quantity} × <UnitPrice line={line} />
            </>
          )}
        </span>
      </td>
      <td className={classNames(cell, 'tabular px-3 text-right max-sm:hidden')}>
        {line.kind === 'credit' ? <Dash /> : quantity}
      </td>
      <td className={classNames(cell, 'px-3 text-right max-sm:hidden')}>
        <span className="flex flex-col items-end">
          <UnitPrice line={line} />
          {line.markupBasisPoints > 0 && (
            <span className="tabular text-2xs text-ink-faint">
              {text.markup(formatPercent(line.markupBasisPoints / 10_000, locale))}
            </span>
          )}
        </span>
      </td>
      <td className={classNames(cell, 'pr-4 pl-3 text-right')}>
        <Money value={line.amountUsd} places={places} />
      </td>
    </tr>
  );
}

interface TotalsProps {
  readonly invoice: Invoice;
  /** All lines; undefined while some are still to come. */
  readonly lines: readonly InvoiceLine[] | undefined;
}

function Totals({ invoice, lines }: TotalsProps) {
  const text = useMessages('invoices');
  const locale = useLocale();
  const sum = lines && sumOf(lines);
  const agrees = sum !== undefined && isSameAmount(sum, invoice.subtotalUsd);
  return (
    <div className="flex flex-col gap-3 border-t border-line bg-sunken px-4 py-4">
      <dl className="ml-auto grid w-full max-w-md grid-cols-[1fr_auto] gap-x-8 gap-y-1.5 text-sm">
        <TotalRow label={text.subtotal} value={invoice.subtotalUsd}>
          {agrees && lines && lines.length > 0 && (
            <Badge tone="positive" icon={<Check aria-hidden />}>
              Σ
            </Badge>
          )}
        </TotalRow>
        {/* A showback statement owes nothing: it is neither rounded nor taxed. */}
        {invoice.kind !== 'showback' && (
          <>
            <TotalRow label={text.rounding} value={invoice.roundingUsd} />
            {invoice.taxes.length === 0 && <TotalRow label={text.noTax} value={invoice.taxUsd} />}
            {invoice.taxes.map((tax) => (
              <TotalRow
                key={`${tax.name}/${tax.rateBasisPoints}`}
                label={text.tax(tax.name, formatPercent(tax.rateBasisPoints / 10_000, locale))}
                value={tax.amountUsd}
              />
            ))}
          </>
        )}
        <div className="col-span-2 my-1 border-t border-line-strong" />
        <dt className="text-base font-semibold">{text.total}</dt>
        <dd className="text-right text-base font-semibold">
          <Money value={invoice.totalUsd} />
        </dd>
      </dl>
      {agrees && lines && lines.length > 0 && (
        <p className="ml-auto text-xs text-ink-faint">{text.sumChecked}</p>
      )}
      {sum !== undefined && !agrees && (
        <Callout tone="warning">{text.sumDiffers(formatMoney(sum, { locale }))}</Callout>
      )}
    </div>
  );
}

function TotalRow({
  label,
  value,
  children,
}: {
  readonly label: string;
  readonly value: string;
  readonly children?: React.ReactNode;
}) {
  return (
    <>
      <dt className="flex items-center gap-2 text-ink-soft">
        {label}
        {children}
      </dt>
      <dd className="text-right">
        <Money value={value} />
      </dd>
    </>
  );
}
