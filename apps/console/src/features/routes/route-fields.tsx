'use client';
/** What a route is called, and how it is drawn. */
import type { Route } from '@tollgate/api';
import { Callout, Card, Field, Input, Select, Switch } from '@tollgate/ui';
import { useState } from 'react';
import { useNamedModels } from './named-models.ts';
import type { StickyBy } from './route-types.ts';
import { useEditor, useProblemAt } from './use-editor.ts';
import { useEditorText } from './use-editor-text.ts';
import type { RouteForm } from './use-route-form.ts';

const STICKY: readonly StickyBy[] = ['none', 'session', 'endUser', 'key'];

interface PartProps {
  readonly form: RouteForm;
}

export function RouteFields({ form, route }: PartProps & { readonly route: Route | undefined }) {
  const text = useEditorText().form;
  const { readOnly } = useEditor();
  const problemAt = useProblemAt();
  const { draft, set } = form;
  const [left, setLeft] = useState('');
  const { find } = useNamedModels(left === route?.name ? [] : [left]);
  const name = draft.name.trim();
  const shadows = name !== '' && (find(name).length > 0 || (route?.name === name && route.shadowsModel));
  return (
    <Card title={text.route}>
      <div className="flex flex-col gap-4">
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <Field label={text.name} hint={text.nameHint} error={problemAt('name')} required>
            <Input
              autoFocus={route === undefined}
              disabled={readOnly}
              autoComplete="off"
              spellCheck={false}
              className="font-mono"
              placeholder={text.namePlaceholder}
              value={draft.name}
              onChange={(event) => set({ name: event.target.value })}
              // Whether a model has that name is asked once it is written.
              onBlur={() => setLeft(name)}
            />
          </Field>
          <Field label={text.about} error={problemAt('description')} optional>
            <Input
              disabled={readOnly}
              autoComplete="off"
              value={draft.description}
              onChange={(event) => set({ description: event.target.value })}
            />
          </Field>
        </div>
        {shadows && draft.isEnabled && <Callout tone="warning">{text.shadows(name)}</Callout>}
        <Switch
          label={text.enabled}
          description={text.enabledHint}
          disabled={readOnly}
          checked={draft.isEnabled}
          onCheckedChange={(isEnabled) => set({ isEnabled })}
        />
      </div>
    </Card>
  );
}

export function RouteSettings({ form }: PartProps) {
  const text = useEditorText().settings;
  const { readOnly } = useEditor();
  const problemAt = useProblemAt();
  const { draft, set } = form;
  return (
    <Card title={text.heading}>
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <Field label={text.stickyBy} hint={text.stickyHint} error={problemAt('stickyBy')}>
          <Select<StickyBy>
            disabled={readOnly}
            value={draft.stickyBy}
            onValueChange={(stickyBy) => set({ stickyBy })}
            options={STICKY.map((value) => ({ value, label: text.sticky[value] }))}
          />
        </Field>
        <Switch
          className="sm:pt-6"
          label={text.allowResold}
          description={text.allowResoldHint}
          disabled={readOnly}
          checked={draft.allowResold}
          onCheckedChange={(allowResold) => set({ allowResold })}
        />
      </div>
    </Card>
  );
}
