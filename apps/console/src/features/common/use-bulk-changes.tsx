'use client';
/**
 * The same change of many rows: asked for once, made one after the other, each only to the version that was shown, and said
 * afterwards which ones could not be changed and why. Who closes the window meanwhile stops it. For lists whose API has no change of many at once; keys have one.
 */
import { useQueryClient } from '@tanstack/react-query';
import { Button, Callout, Dialog, toast } from '@tollgate/ui';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { refreshAfterChange } from '../../api/after-change.ts';
import { apiFetch } from '../../api/client.ts';
import type { MutationCall } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { changeEach } from './change-each.ts';
import { ConfirmAction } from './confirm-action.tsx';

/** One request for each row: more are no longer looked over before they are changed. */
const MAX_ROWS = 50;

export interface BulkChange<T> {
  readonly id: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly tone: 'primary' | 'danger';
  /** Rows that it would change; others are left as they are. */
  readonly isFor?: (row: T) => boolean;
  readonly title: (count: number) => string;
  /** What will happen, and what has to be chosen for it. */
  readonly text: ReactNode;
  readonly toCall: (row: T) => MutationCall;
  /** What somebody is told afterwards, where “changed” would be wrong. */
  readonly done?: (count: number) => string;
}

export interface BulkChangesOptions<T> {
  readonly changes: readonly BulkChange<T>[];
  readonly nameOf: (row: T) => string;
  /** Paths whose cached answers are stale afterwards. */
  readonly invalidates: readonly string[];
}

interface Started<T> {
  readonly id: string;
  readonly rows: readonly T[];
  readonly clear: () => void;
}

interface Failure {
  readonly name: string;
  readonly reason: string;
}

/** `actions` is for a DataTable; `windows` stand outside of it, because rows that are gone take its bar with them. */
export function useBulkChanges<T>(options: BulkChangesOptions<T>) {
  const { changes, nameOf, invalidates } = options;
  const text = useMessages('parts').bulk;
  const locale = useLocale();
  const toText = useProblemText();
  const queryClient = useQueryClient();
  const [started, setStarted] = useState<Started<T>>();
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const running = useRef<AbortController>(undefined);
  // Who leaves the page does not look on either.
  useEffect(() => () => running.current?.abort(), []);
  const change = changes.find(({ id }) => id === started?.id);

  const run = async ({ toCall, done = text.changed }: BulkChange<T>, { rows, clear }: Started<T>) => {
    running.current = new AbortController();
    const send = (row: T) => {
      const { path, ...request } = toCall(row);
      return apiFetch<unknown>(path, request);
    };
    const { changed, failed, left } = await changeEach(rows, send, running.current.signal);
    if (left > 0) toast.info(text.stopped(done(changed), left));
    else if (changed > 0) toast.success(done(changed));
    setFailures(failed.map(({ row, error }) => ({ name: nameOf(row), reason: toText(error) })));
    // What was left stays chosen.
    if (left === 0) clear();
    await refreshAfterChange(queryClient, invalidates);
  };

  return {
    actions: (rows: readonly T[], clear: () => void) => (
      <>
        {changes.map(({ id, label, icon, tone, isFor }) => {
          const meant = isFor === undefined ? rows : rows.filter(isFor);
          if (meant.length === 0) return null;
          return (
            <Button
              key={id}
              size="sm"
              icon={icon}
              variant={tone === 'danger' ? 'dangerGhost' : 'secondary'}
              disabled={rows.length > MAX_ROWS}
              onClick={() => setStarted({ id, rows: meant, clear })}
            >
              {meant.length === rows.length ? label : text.some(label, meant.length)}
            </Button>
          );
        })}
        {rows.length > MAX_ROWS && <span className="text-xs text-ink-soft">{text.tooMany(MAX_ROWS)}</span>}
      </>
    ),
    windows: (
      <>
        {started !== undefined && change !== undefined && (
          <ConfirmAction
            tone={change.tone}
            title={change.title(started.rows.length)}
            confirmLabel={change.label}
            {...(change.tone === 'danger' && { confirmName: change.label.toLocaleLowerCase(locale) })}
            run={() => run(change, started)}
            onClose={() => {
              running.current?.abort();
              setStarted(undefined);
            }}
          >
            <div className="flex flex-col gap-3">
              {change.text}
              <Names names={started.rows.map(nameOf)} />
            </div>
          </ConfirmAction>
        )}
        {failures.length > 0 && <Failures failures={failures} onClose={() => setFailures([])} />}
      </>
    ),
  };
}

const SHOWN_NAMES = 5;

function Names({ names }: { readonly names: readonly string[] }) {
  const text = useMessages('parts').bulk;
  const more = names.length - SHOWN_NAMES;
  return (
    <ul className="list-disc pl-5 text-sm text-ink">
      {names.slice(0, SHOWN_NAMES).map((name, place) => (
        <li key={place} className="wrap-anywhere">
          {name}
        </li>
      ))}
      {more > 0 && <li className="text-ink-soft">{text.more(more)}</li>}
    </ul>
  );
}

function Failures({
  failures,
  onClose,
}: {
  readonly failures: readonly Failure[];
  readonly onClose: () => void;
}) {
  const text = useMessages('parts').bulk;
  const common = useMessages('common');
  return (
    <Dialog
      open
      onClose={onClose}
      title={text.results}
      footer={
        <Button variant="primary" onClick={onClose}>
          {common.done}
        </Button>
      }
    >
      <Callout tone="warning" title={text.failed(failures.length)}>
        <ul className="list-disc pl-5">
          {failures.map(({ name, reason }, place) => (
            <li key={place} className="wrap-anywhere">
              {name}: {reason}
            </li>
          ))}
        </ul>
      </Callout>
    </Dialog>
  );
}
