'use client';
/** A route as a form: its name, its rules in order, what is tried after them; and a request to try it with beside it. */
import type { Route } from '@tollgate/api';
import { Button, Callout, classNames, UntilTakenOver } from '@tollgate/ui';
import { useEffect, useRef, useState } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { ChangedMeanwhile } from '../common/newer-state.tsx';
import { useOneAtATime } from '../common/request-safety.ts';
import { UnsavedChanges } from '../common/unsaved-changes.tsx';
import { usePermission } from '../signed-in/use-permission.ts';
import { PreviewPanel } from './preview-panel.tsx';
import { type DraftRule, type RouteDraft, toInput } from './route-draft.ts';
import { RouteFields, RouteSettings } from './route-fields.tsx';
import type { RouteInput } from './route-types.ts';
import { Fallbacks, RuleList } from './rule-list.tsx';
import { EditorProvider } from './use-editor.ts';
import { useEditorText } from './use-editor-text.ts';
import { useConditionNames } from './use-names.ts';
import { type RouteForm, useRouteForm } from './use-route-form.ts';
import { TargetFactsProvider } from './use-targets.tsx';

export interface RouteEditorProps {
  /** Undefined: a new one. */
  readonly route?: Route;
  /** What a new one begins with. */
  readonly start: () => RouteDraft;
  /** Rejects with what the API refused. */
  readonly onSave: (input: RouteInput) => Promise<Route>;
  readonly onSaved: (route: Route) => void;
}

export function RouteEditor({ route, start, onSave, onSaved }: RouteEditorProps) {
  const form = useRouteForm(route, start);
  const locale = useLocale();
  const nameOf = useConditionNames(form.draft.rules);
  const readOnly = !usePermission('routes:write');
  const [matchedRule, setMatchedRule] = useState<DraftRule>();
  const [saving, setSaving] = useState(false);
  const text = useEditorText();
  const formRef = useFocusOnWrong(form.failures);
  const save = useOneAtATime(async () => {
    // Nothing has changed: a version more would be one for nothing.
    if (route !== undefined && !form.isDirty) return;
    if (!form.check()) return;
    let saved: Route | undefined;
    setSaving(true);
    try {
      await form.newer.save(form.draft, async () => {
        saved = await onSave(toInput(form.draft, locale));
      });
      if (saved === undefined) return;
      if (route === undefined) form.settle();
      onSaved(saved);
    } catch (error) {
      form.report(error);
    } finally {
      setSaving(false);
    }
  });
  return (
    <EditorProvider value={{ readOnly, nameOf, problems: form.problems, matchedRule }}>
      <TargetFactsProvider names={modelsOf(form.draft)}>
        <UnsavedChanges unsaved={form.isDirty} />
        <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_23rem]">
          <form
            ref={formRef}
            // What has the focus comes to stand above the bar at the bottom, not behind it.
            className="flex min-w-0 flex-col gap-4 [&_:is(button,input)]:scroll-mb-28"
            method="post"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              void save();
            }}
          >
            <UntilTakenOver>
              {readOnly && <Callout>{text.form.readOnly}</Callout>}
              {route?.problem === 'unreadable' && (
                <Callout tone="negative" title={text.form.unreadable(route.name)}>
                  {text.form.unreadableText}
                </Callout>
              )}
              <RouteFields form={form} route={route} />
              <RuleList draft={form.draft} onChange={form.set} />
              <Fallbacks draft={form.draft} onChange={form.set} />
              <RouteSettings form={form} />
              {!readOnly && <SaveBar form={form} isNew={route === undefined} saving={saving} />}
            </UntilTakenOver>
          </form>
          <PreviewPanel routeId={route?.id} form={form} onMatched={setMatchedRule} />
        </div>
      </TargetFactsProvider>
    </EditorProvider>
  );
}

function modelsOf({ rules, fallbacks }: RouteDraft): readonly string[] {
  return [...rules.flatMap(({ targets }) => targets), ...fallbacks].map(({ model }) => model);
}

/** To the first of what is marked, each time that something was found wrong. */
function useFocusOnWrong(failures: number) {
  const formRef = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (failures > 0) formRef.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [failures]);
  return formRef;
}

/** Beside the button that was pressed: the rest of the page may be out of view. */
function Notices({ form }: { readonly form: RouteForm }) {
  const text = useEditorText();
  const routes = useMessages('routes');
  const common = useMessages('common');
  const { latest } = form.newer;
  const count = Object.keys(form.problems).length;
  return (
    <>
      {(form.problem !== undefined || count > 0) && (
        <Callout tone="negative" live>
          {form.problem ?? text.form.wrong(count)}
        </Callout>
      )}
      <ChangedMeanwhile
        newer={form.newer}
        labels={{
          name: common.name,
          description: text.form.about,
          isEnabled: text.form.enabled,
          rules: text.rule.heading,
          fallbacks: text.fallback.heading,
          stickyBy: text.settings.stickyBy,
          allowResold: text.settings.allowResold,
        }}
        valueText={(name) => {
          if (name === 'rules') return routes.rules(latest.rules.length);
          if (name === 'fallbacks') return latest.fallbacks.map(({ model }) => model).join(', ');
          if (name === 'stickyBy') return text.settings.sticky[latest.stickyBy];
          if (name === 'isEnabled') return latest.isEnabled ? routes.states.enabled : routes.states.disabled;
          return name === 'allowResold' ? text.settings.resold[latest.allowResold ? 'on' : 'off'] : undefined;
        }}
      />
    </>
  );
}

/**
 * In view wherever somebody is on the page, as long as there is something to save. Its buttons stay: what had the focus
 * must not be gone once it was pressed.
 */
function SaveBar({
  form,
  isNew,
  saving,
}: {
  readonly form: RouteForm;
  readonly isNew: boolean;
  readonly saving: boolean;
}) {
  const text = useEditorText().form;
  const idle = !isNew && !form.isDirty;
  return (
    <div
      className={classNames(
        'flex flex-col gap-2.5 rounded-lg border border-line px-4 py-2.5',
        idle ? 'bg-surface' : 'sticky bottom-3 z-10 bg-raised shadow-md',
      )}
    >
      <Notices form={form} />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <span role="status" className="mr-auto text-sm text-ink-soft">
          {form.isDirty ? text.unsaved : idle && text.nothingToSave}
        </span>
        {!isNew && (
          <Button aria-disabled={idle} className={IDLE_STYLE} onClick={form.discard}>
            {text.discard}
          </Button>
        )}
        <Button type="submit" variant="primary" aria-disabled={idle} className={IDLE_STYLE} loading={saving}>
          {isNew ? text.create : text.save}
        </Button>
      </div>
    </div>
  );
}

const IDLE_STYLE = 'aria-disabled:opacity-50';
