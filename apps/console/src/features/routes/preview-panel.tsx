'use client';
/** A request to try the route with, as it stands on the page. Nothing is sent. */
import type { RoutePreview } from '@tollgate/api';
import { Button, Callout, Card, Field, Input, Select, Switch, Textarea, UntilTakenOver } from '@tollgate/ui';
import { ScanSearch } from 'lucide-react';
import { useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { useOneAtATime } from '../common/request-safety.ts';
import { KeyPicker } from '../limits/scope-fields.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { type PreviewValues, toPreviewRequest, USUAL_REQUEST, type WrongPreview } from './preview-request.ts';
import { PreviewResult } from './preview-result.tsx';
import { type DraftRule, isSamePart, type RouteDraft, toRouteOfPreview } from './route-draft.ts';
import { ROUTE_ENDPOINTS } from './route-endpoints.ts';
import { useEditorText } from './use-editor-text.ts';
import type { RouteForm } from './use-route-form.ts';

export interface PreviewPanelProps {
  /** Undefined: a new one. */
  readonly routeId: string | undefined;
  readonly form: RouteForm;
  /** The rule as it was tried. */
  readonly onMatched: (rule: DraftRule | undefined) => void;
}

interface Tried {
  /** What the page held then. */
  readonly draft: RouteDraft;
  readonly found: RoutePreview;
}

export function PreviewPanel({ routeId, form, onMatched }: PreviewPanelProps) {
  const text = useEditorText().preview;
  const locale = useLocale();
  const toText = useProblemText();
  const [values, setValues] = useState(USUAL_REQUEST);
  const [wrong, setWrong] = useState<readonly WrongPreview[]>([]);
  const [tried, setTried] = useState<Tried>();
  const [incomplete, setIncomplete] = useState(false);
  const preview = useApiMutation<RoutePreview, object>((json) => ({ path: '/routes/preview', json }));
  const { draft } = form;
  const routeOf = (of: RouteDraft) => toRouteOfPreview(of, locale);
  const body = () => ({
    route: { ...(routeId !== undefined && { routeId }), ...routeOf(draft) },
    request: toPreviewRequest(values, locale).request,
  });
  const run = useOneAtATime(async () => {
    const unread = toPreviewRequest(values, locale).wrong;
    const isWhole = form.check('rules');
    setWrong(unread);
    setIncomplete(!isWhole);
    if (unread.length > 0 || !isWhole) return;
    try {
      const found = await preview.mutateAsync(body());
      setTried({ draft, found });
      onMatched(found.rule === null ? undefined : draft.rules[found.rule]);
    } catch (error) {
      setTried(undefined);
      onMatched(undefined);
      // What is wrong with the route is marked there.
      form.report(error, 'fields');
    }
  });
  return (
    <Card
      title={text.title}
      description={text.text}
      // Below the bar of the page; what is longer than the screen scrolls by itself.
      className="xl:sticky xl:top-16 xl:max-h-[calc(100dvh-5rem)] xl:overflow-y-auto"
    >
      <form
        className="flex flex-col gap-3"
        method="post"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <UntilTakenOver>
          <RequestFields values={values} wrong={wrong} onChange={setValues} />
          <div className="flex flex-wrap items-center justify-between gap-2">
            <Button type="submit" icon={<ScanSearch />} loading={preview.isPending}>
              {tried === undefined ? text.run : text.again}
            </Button>
            <ShowApiCall path="/routes/preview" method="POST" json={body()} />
          </div>
        </UntilTakenOver>
      </form>
      <div aria-live="polite" className="mt-3 flex flex-col gap-3 empty:hidden">
        {incomplete && <Callout tone="warning">{text.incomplete}</Callout>}
        {preview.error && !incomplete && <Callout tone="negative">{toText(preview.error)}</Callout>}
        {tried && !incomplete && (
          <>
            {!isSamePart(routeOf(tried.draft), routeOf(draft)) && (
              <p className="text-xs text-warning">{text.stale}</p>
            )}
            <PreviewResult found={tried.found} draft={tried.draft} />
          </>
        )}
      </div>
    </Card>
  );
}

const ENDPOINTS = ROUTE_ENDPOINTS.map((value) => ({ value, label: value }));

interface RequestFieldsProps {
  readonly values: PreviewValues;
  readonly wrong: readonly WrongPreview[];
  readonly onChange: (values: PreviewValues) => void;
}

function RequestFields({ values, wrong, onChange }: RequestFieldsProps) {
  const text = useEditorText().preview;
  const { countWrong } = useMessages('limits');
  const mayReadKeys = usePermission('keys:read');
  const set = (change: Partial<PreviewValues>) => onChange({ ...values, ...change });
  const typed = (name: 'inputTokens' | 'tags' | 'endUser' | 'session') => ({
    autoComplete: 'off',
    spellCheck: false,
    value: values[name],
    onChange: (event: { readonly target: { readonly value: string } }) => set({ [name]: event.target.value }),
  });
  return (
    <>
      {mayReadKeys && (
        <Field label={text.key} hint={values.keyId === '' ? text.anyKey : undefined}>
          <KeyPicker clearable value={values.keyId} onChange={(keyId) => set({ keyId })} />
        </Field>
      )}
      <div className="grid grid-cols-2 items-start gap-3">
        <Field label={text.endpoint}>
          <Select
            value={values.endpoint}
            onValueChange={(endpoint) => set({ endpoint })}
            options={ENDPOINTS}
          />
        </Field>
        <Field label={text.inputTokens} error={wrong.includes('inputTokens') ? countWrong : undefined}>
          <Input inputMode="numeric" className="tabular" {...typed('inputTokens')} />
        </Field>
      </div>
      <Field
        label={text.tags}
        hint={text.tagsHint}
        error={wrong.includes('tags') ? text.tagsWrong : undefined}
      >
        <Textarea rows={2} className="font-mono" {...typed('tags')} />
      </Field>
      <Switch label={text.stream} checked={values.stream} onCheckedChange={(stream) => set({ stream })} />
      <Disclosure title={text.more}>
        <Field label={text.endUser}>
          <Input {...typed('endUser')} />
        </Field>
        <Field label={text.session}>
          <Input {...typed('session')} />
        </Field>
      </Disclosure>
    </>
  );
}
