'use client';
/** One line of an invoice and the requests behind it. */
import type { Invoice, InvoiceLine } from '@tollgate/api';
import { Callout, DefinitionList, Money, Sheet } from '@tollgate/ui';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { LineRequests } from './line-requests.tsx';
import { useLineLabel } from './use-invoice-text.ts';

export interface LineSheetProps {
  readonly invoice: Invoice;
  readonly line: InvoiceLine;
  readonly onClose: () => void;
}

export function LineSheet({ invoice, line, onClose }: LineSheetProps) {
  const text = useMessages('invoices');
  const parts = useMessages('parts');
  const locale = useLocale();
  const label = useLineLabel()(line);
  const path = `/invoices/${invoice.id}/lines/${line.id}/requests?limit=100`;
  return (
    <Sheet
      open
      onClose={onClose}
      size="lg"
      title={[line.model, label].filter((part) => part !== '').join(' · ')}
      description={text.requestsTitle}
      footer={<ShowApiCall path={line.kind === 'usage' ? path : `/invoices/${invoice.id}/lines`} />}
    >
      <div className="flex flex-col gap-4">
        <DefinitionList
          columns={2}
          items={[
            { term: parts.team, value: line.teamName || text.noTeam },
            { term: text.costCenter, value: line.costCenter || text.noCostCenter },
            {
              term: text.quantity,
              value: (
                <span className="tabular">
                  {new Intl.NumberFormat(locale).format(line.quantity as Intl.StringNumericLiteral)}
                </span>
              ),
            },
            { term: text.unitPrice, value: <Money value={line.unitPriceUsd} /> },
            { term: text.cost, value: <Money value={line.costUsd} /> },
            { term: text.amount, value: <Money value={line.amountUsd} className="font-semibold" /> },
          ]}
        />
        {line.kind === 'usage' ? (
          <LineRequests path={path} amountUsd={line.amountUsd} withStatus />
        ) : (
          <Callout>{text.requestsEmpty}</Callout>
        )}
      </div>
    </Sheet>
  );
}
