'use client';
/** Where invoices go, leaving the organization, and closing it. */
import type { Organization } from '@tollgate/api';
import { Button, Card, ConfirmDialog, TimeStamp, toast } from '@tollgate/ui';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { apiFetch } from '../../api/client.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { enterConsole } from '../auth/auth-api.ts';
import { usePermission } from '../signed-in/use-permission.ts';

export function EndOfOrganization({ organization }: { readonly organization: Organization }) {
  const text = useMessages('settings').organization;
  const toText = useProblemText();
  const mayWrite = usePermission('organization:write');
  const mayBill = usePermission('billing:write');
  const mayReadBilling = usePermission('billing:read');
  const { id, name, closedAt } = organization;
  /** In the reader's language, where the dialog shows it. */
  const call = async (path: string, json?: unknown) => {
    try {
      return await apiFetch<Closed | undefined>(path, json === undefined ? { method: 'POST' } : { json });
    } catch (error) {
      throw new Error(toText(error), { cause: error });
    }
  };
  return (
    <Card title={text.endTitle}>
      <ul className="flex flex-col divide-y divide-line">
        {mayReadBilling && (
          <Row title={text.billingMail} text={text.billingMailText}>
            <Button asChild size="sm">
              <Link href="/settings/billing">{text.billingMailOpen}</Link>
            </Button>
          </Row>
        )}
        <Row title={text.leave} text={text.leaveText}>
          <ConfirmDialog
            title={text.leaveTitle(name)}
            confirmLabel={text.leave}
            trigger={<Button size="sm">{text.leave}</Button>}
            onConfirm={async () => {
              await call(`/organizations/${id}/leave`);
              enterConsole('/');
            }}
          >
            {text.leaveConfirm}
          </ConfirmDialog>
        </Row>
        <Row
          title={text.close}
          text={
            closedAt === null ? (
              text.closeText
            ) : (
              <>
                {text.closedAt} <TimeStamp value={closedAt} format="exact" />
              </>
            )
          }
        >
          {closedAt === null && mayWrite && mayBill && (
            <ConfirmDialog
              title={text.closeTitle(name)}
              confirmLabel={text.close}
              confirmName={name}
              trigger={
                <Button size="sm" variant="dangerGhost">
                  {text.close}
                </Button>
              }
              onConfirm={async () => {
                const closed = await call(`/organizations/${id}/close`, { name });
                toast.success(text.closed(closed?.revokedKeyCount ?? 0));
                enterConsole('/settings/organization');
              }}
            >
              {text.closeConfirm}
            </ConfirmDialog>
          )}
        </Row>
      </ul>
    </Card>
  );
}

interface Closed {
  readonly revokedKeyCount: number;
}

function Row(props: { readonly title: string; readonly text: ReactNode; readonly children: ReactNode }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1 basis-64">
        <p className="text-sm font-medium text-ink">{props.title}</p>
        <p className="text-sm text-ink-soft">{props.text}</p>
      </div>
      {props.children}
    </li>
  );
}
