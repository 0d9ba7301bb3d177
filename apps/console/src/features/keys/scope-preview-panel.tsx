'use client';
/** What a change of scope would take away and add, before it is made. */
import type { ScopePreview } from '@tollgate/api';
import { Button, Callout } from '@tollgate/ui';
import { Eye } from 'lucide-react';
import type { UseFormReturn } from 'react-hook-form';
import { useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useLimitText } from '../limits/use-limit-text.ts';
import type { KeyFormValues } from './key-form-values.ts';

const SHOWN = 8;

export interface ScopePreviewPanelProps {
  readonly keyId: string;
  readonly form: UseFormReturn<KeyFormValues>;
}

export function ScopePreviewPanel({ keyId, form }: ScopePreviewPanelProps) {
  const text = useMessages('checks').preview;
  const toText = useProblemText();
  const { number } = useLimitText();
  const preview = useApiMutation<ScopePreview, object>(
    (json) => ({ path: `/keys/${encodeURIComponent(keyId)}/policy/preview`, json }),
    { showsError: true },
  );
  const found = preview.data;
  const same = found && found.lost.count === 0 && found.gained.count === 0;
  return (
    <div className="flex flex-col gap-2">
      <Button
        size="sm"
        className="self-start"
        icon={<Eye />}
        loading={preview.isPending}
        onClick={() => {
          const { models, providers } = form.getValues();
          preview.mutate({ models, providers });
        }}
      >
        {text.action}
      </Button>
      {preview.error && <Callout tone="negative">{toText(preview.error)}</Callout>}
      <div aria-live="polite">
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
      </div>
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
