'use client';
/** One event: everything it says, and each field before and after. */
import type { AuditEvent } from '@tollgate/api';
import {
  Button,
  CopyButton,
  classNames,
  Dash,
  DefinitionList,
  formatNumber,
  Sheet,
  TimeStamp,
} from '@tollgate/ui';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { type FieldChange, listFieldChanges } from './field-changes.ts';
import { useActionName } from './use-action-name.ts';
import { useAuditNames } from './use-audit-names.ts';

export interface AuditSheetProps {
  readonly event: AuditEvent;
  readonly onClose: () => void;
}

export function AuditSheet({ event, onClose }: AuditSheetProps) {
  const text = useMessages('audit');
  const locale = useLocale();
  const url = useUrlState();
  const actionName = useActionName();
  const { actorName, targetName } = useAuditNames();
  return (
    <Sheet
      open
      onClose={onClose}
      size="lg"
      title={actionName(event.action)}
      description={targetName(event.target) || event.target.id}
      footer={
        <>
          <ShowApiCall path={`/audit-events/${event.id}`} />
          <Button
            onClick={() =>
              url.set({ targetKind: event.target.kind, targetId: event.target.id, event: undefined })
            }
          >
            {text.onlyThisTarget}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <Changes changes={listFieldChanges(event.before, event.after)} />
        <DefinitionList
          items={[
            { term: text.time, value: <TimeStamp value={event.occurredAt} format="exact" /> },
            { term: text.action, value: <code className="font-mono text-xs">{event.action}</code> },
            { term: text.actor, value: <Named name={actorName(event.actor)} id={event.actor.id} /> },
            { term: text.target, value: <Named name={targetName(event.target)} id={event.target.id} /> },
            { term: text.address, value: event.ipAddress || <Dash /> },
            { term: text.userAgent, value: event.userAgent || <Dash /> },
            {
              term: text.requestId,
              value: event.requestId ? (
                <span className="inline-flex items-center gap-1">
                  <code className="font-mono text-xs">{event.requestId}</code>
                  <CopyButton value={event.requestId} size="sm" />
                </span>
              ) : (
                <Dash />
              ),
            },
            {
              term: text.chain,
              value:
                event.sequence === null ? text.waiting : text.sealed(formatNumber(event.sequence, locale)),
            },
          ]}
        />
      </div>
    </Sheet>
  );
}

function Named({ name, id }: { readonly name: string; readonly id: string }) {
  return (
    <span className="flex flex-col items-end">
      {name && <span>{name}</span>}
      <code className="font-mono text-xs text-ink-faint">{id}</code>
    </span>
  );
}

function Changes({ changes }: { readonly changes: readonly FieldChange[] }) {
  const text = useMessages('audit');
  if (changes.length === 0) return <p className="text-sm text-ink-faint">{text.noFields}</p>;
  return (
    <div className="overflow-x-auto rounded-md border border-line">
      <table className="w-full border-separate border-spacing-0 text-sm">
        <thead className="bg-sunken text-left text-xs text-ink-soft">
          <tr>
            {[text.field, text.before, text.after].map((head) => (
              <th key={head} scope="col" className="border-b border-line px-3 py-2 font-medium">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="[&>tr:last-child>*]:border-b-0">
          {changes.map((change) => (
            <tr key={change.name} className="align-top">
              <th scope="row" className="border-b border-line px-3 py-2 text-left font-normal text-ink-soft">
                {change.name}
              </th>
              <Side text={change.before} tone="text-negative bg-negative-soft" same={isSame(change)} />
              <Side text={change.after} tone="text-positive bg-positive-soft" same={isSame(change)} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const isSame = (change: FieldChange): boolean => change.before === change.after;

interface SideProps {
  readonly text: string | undefined;
  readonly tone: string;
  readonly same: boolean;
}

function Side({ text, tone, same }: SideProps) {
  return (
    <td className="border-b border-line px-3 py-2">
      {text === undefined ? (
        <Dash />
      ) : (
        <code
          className={classNames(
            'rounded-xs px-1 py-0.5 font-mono text-xs wrap-anywhere box-decoration-clone',
            same ? 'text-ink' : tone,
          )}
        >
          {text === '' ? '""' : text}
        </code>
      )}
    </td>
  );
}
