'use client';
/** What a scope reaches before it is saved: of a key that is there what it would lose and gain, of a new one what is left. */
import type { KeyReach, ScopePreview } from '@tollgate/api';
import { Button, Callout } from '@tollgate/ui';
import { Eye } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import type { UseFormReturn } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useLimitText } from '../limits/use-limit-text.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { type KeyFormValues, toNewModels } from './key-form-values.ts';
import { useReachText } from './use-reach-text.ts';

const SHOWN = 8;

export interface ScopePreviewPanelProps {
  readonly keyId: string;
  readonly form: UseFormReturn<KeyFormValues>;
}

export function ScopePreviewPanel({ keyId, form }: ScopePreviewPanelProps) {
  const text = useMessages('checks').preview;
  const { number } = useLimitText();
  const preview = useApiMutation<ScopePreview, object>(
    (json) => ({ path: `/keys/${encodeURIComponent(keyId)}/policy/preview`, json }),
    { showsError: true },
  );
  const found = preview.data;
  const same = found && found.lost.count === 0 && found.gained.count === 0;
  useDropOld(form, preview.reset);
  return (
    <Preview
      label={text.action}
      asked={preview}
      onAsk={() => {
        const { models, providers } = form.getValues();
        preview.mutate({ models, providers });
      }}
    >
      {found && (
        <Callout tone={found.lost.count > 0 ? 'warning' : 'info'}>
          <p className="tabular font-medium">
            {same ? text.same(found.after) : text.counts(found.before, found.after)}
          </p>
          <Names label={text.lost} {...found.lost} />
          <Names label={text.gained} {...found.gained} />
          {(found.lostInUse ?? []).length > 0 && (
            <ul className="tabular list-disc pl-5 font-medium">
              {found.lostInUse?.map(({ model, requests }) => (
                <li key={model}>{text.inUse(model, number(requests))}</li>
              ))}
            </ul>
          )}
        </Callout>
      )}
    </Preview>
  );
}

/** Of a key that is not made yet, with the models that the rules give where none are chosen. */
export function NewKeyReachPanel({ form }: Pick<ScopePreviewPanelProps, 'form'>) {
  const text = useReachText().preview;
  const allowed = usePermission('models:read');
  const preview = useApiMutation<KeyReach, object>((json) => ({ path: '/keys/preview', json }), {
    showsError: true,
  });
  const found = preview.data;
  useDropOld(form, preview.reset);
  if (!allowed) return null;
  return (
    <Preview
      label={text.action}
      asked={preview}
      onAsk={() => {
        const { teamId, providers, ...values } = form.getValues();
        const models = toNewModels(values);
        preview.mutate({ teamId: teamId || null, providers, ...(models !== undefined && { models }) });
      }}
    >
      {found && (
        <Callout tone={found.reachable === 0 || found.unserved.length > 0 ? 'warning' : 'info'}>
          <p className="tabular font-medium">{text.counts(found.reachable, found.usable)}</p>
          <Names label={text.models} count={found.reachable} models={found.models} />
          <Names label={text.unserved} count={found.unserved.length} models={found.unserved} />
        </Callout>
      )}
    </Preview>
  );
}

/** What was answered is about the scope that was asked about. */
function useDropOld({ watch }: UseFormReturn<KeyFormValues>, drop: () => void): void {
  const asked = JSON.stringify(watch(['teamId', 'models', 'allModels', 'providers']));
  // It waits for a change of the form, and uses nothing of it.
  useEffect(drop, [asked, drop]);
}

interface PreviewProps {
  readonly label: string;
  readonly asked: { readonly isPending: boolean; readonly error: unknown };
  readonly onAsk: () => void;
  readonly children: ReactNode;
}

function Preview({ label, asked, onAsk, children }: PreviewProps) {
  const toText = useProblemText();
  return (
    <div className="flex flex-col gap-2">
      <Button size="sm" className="self-start" icon={<Eye />} loading={asked.isPending} onClick={onAsk}>
        {label}
      </Button>
      {asked.error !== null && <Callout tone="negative">{toText(asked.error)}</Callout>}
      <div aria-live="polite">{children}</div>
    </div>
  );
}

function Names({
  label,
  count,
  models,
}: {
  readonly label: string;
  readonly count: number;
  readonly models: readonly string[];
}) {
  const text = useMessages('checks').preview;
  if (count === 0) return null;
  const shown = models.slice(0, SHOWN);
  const more = count > shown.length ? ` ${text.more(count - shown.length)}` : '';
  return <p className="wrap-anywhere">{`${label}: ${shown.join(', ')}${more}`}</p>;
}
