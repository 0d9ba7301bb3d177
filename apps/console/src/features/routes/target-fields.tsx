'use client';
/** One target: which model, by which credential. */
import { Combobox, Field, Select } from '@tollgate/ui';
import { useMemo, useState } from 'react';
import { useProviderName } from '../providers/provider-api.ts';
import type { DraftTarget } from './route-draft.ts';
import { useEditor, useProblemAt } from './use-editor.ts';
import { useEditorText } from './use-editor-text.ts';
import { useTargetFacts } from './use-targets.tsx';

const ANY = 'any';

export interface TargetFieldsProps {
  readonly target: DraftTarget;
  /** Of the API, for what is wrong with it. */
  readonly path: string;
  readonly onChange: (target: DraftTarget) => void;
}

export function TargetModel({ target, path, onChange }: TargetFieldsProps) {
  const text = useEditorText().target;
  const { readOnly } = useEditor();
  const problemAt = useProblemAt();
  const { search, loading } = useTargetFacts();
  const [typed, setTyped] = useState('');
  const options = useMemo(() => {
    const found = search(typed);
    const known = target.model === '' || found.some(({ value }) => value === target.model);
    return known ? found : [{ value: target.model, label: target.model }, ...found];
  }, [search, typed, target.model]);
  return (
    <Field labelHidden label={text.model} error={problemAt(`${path}.model`)}>
      <Combobox
        disabled={readOnly}
        placeholder={text.chooseModel}
        options={options}
        onSearch={setTyped}
        onOpen={() => setTyped('')}
        loading={loading}
        value={target.model === '' ? undefined : target.model}
        onValueChange={(model = '') => {
          // Another model is served by others.
          if (model !== target.model) onChange({ ...target, model, credentialId: '' });
        }}
      />
    </Field>
  );
}

export function TargetCredential({ target, path, onChange }: TargetFieldsProps) {
  const text = useEditorText().target;
  const { readOnly } = useEditor();
  const problemAt = useProblemAt();
  const providerName = useProviderName();
  const { find, complete } = useTargetFacts();
  const options = find(target.model)
    // Only one's own can be named: those of the operator come and go.
    .flatMap((model) => model.credentials.map((credential) => ({ ...credential, provider: model.provider })))
    .filter(({ owner }) => owner === 'organization')
    .map(({ id, name, provider }) => ({ value: id, label: name || id, hint: providerName(provider) }));
  const { credentialId } = target;
  const known = credentialId === '' || options.some(({ value }) => value === credentialId);
  return (
    <Field labelHidden label={text.credential} error={problemAt(`${path}.credentialId`)}>
      <Select
        disabled={readOnly}
        value={credentialId === '' ? ANY : credentialId}
        onValueChange={(value) => onChange({ ...target, credentialId: value === ANY ? '' : value })}
        options={[
          { value: ANY, label: text.anyCredential },
          ...(known ? [] : [{ value: credentialId, label: complete ? text.goneCredential : '…' }]),
          ...options,
        ]}
      />
    </Field>
  );
}
