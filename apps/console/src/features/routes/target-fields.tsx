'use client';
/** One target: which model, by which credential. */
import { Combobox, Field, Select } from '@tollgate/ui';
import { useProviderName } from '../providers/provider-api.ts';
import type { DraftTarget } from './route-draft.ts';
import { useEditor, useProblemAt } from './use-editor.ts';
import { useEditorText } from './use-editor-text.ts';
import { useModelSearch, useTargetFacts } from './use-targets.tsx';

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
  const { options: found, ...search } = useModelSearch();
  const isFound = target.model === '' || found.some(({ value }) => value === target.model);
  return (
    <Field labelHidden label={text.model} error={problemAt(`${path}.model`)}>
      <Combobox
        disabled={readOnly}
        placeholder={text.chooseModel}
        {...search}
        options={
          isFound ? found : [{ value: target.model, label: target.model, isNamedOnly: true }, ...found]
        }
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
  const { find, isKnown } = useTargetFacts();
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
          ...(known
            ? []
            : [{ value: credentialId, label: isKnown(target.model) ? text.goneCredential : '…' }]),
          ...options,
        ]}
      />
    </Field>
  );
}
