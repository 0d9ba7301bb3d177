'use client';
/** With what a condition compares: typed, chosen of a few, or found by the server while somebody types. */
import type { Key, ListedTeam } from '@tollgate/api';
import { type ComboboxOption, Input, MultiSelect, Select } from '@tollgate/ui';
import { useState } from 'react';
import { withQuery } from '../../api/query-key.ts';
import { type FoundRows, useFoundRows } from '../common/found-select.tsx';
import { teamPathNames } from '../common/team-names.ts';
import { useServiceAccounts } from '../keys/key-options.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import type { DraftCondition } from './route-draft.ts';
import { ROUTE_ENDPOINTS } from './route-endpoints.ts';
import { useEditor } from './use-editor.ts';
import { useEditorText } from './use-editor-text.ts';

export interface ConditionValuesProps {
  readonly condition: DraftCondition;
  readonly onChange: (condition: DraftCondition) => void;
}

export function ConditionValues(props: ConditionValuesProps) {
  switch (props.condition.kind) {
    case 'tag':
    case 'endUser':
    case 'inputTokens':
      return <Typed {...props} />;
    case 'stream':
      return <Streamed {...props} />;
    case 'endpoint':
      return <Chosen {...props} options={ENDPOINTS} />;
    case 'team':
      return <Teams {...props} />;
    case 'key':
      return <Keys {...props} />;
    case 'serviceAccount':
      return <Accounts {...props} />;
  }
}

const SHOWN = 50;
const ENDPOINTS: readonly ComboboxOption[] = ROUTE_ENDPOINTS.map((value) => ({ value, label: value }));

function Typed({ condition, onChange }: ConditionValuesProps) {
  const text = useEditorText().condition;
  const { readOnly } = useEditor();
  const isCount = condition.kind === 'inputTokens';
  return (
    <Input
      disabled={readOnly}
      autoComplete="off"
      spellCheck={false}
      inputMode={isCount ? 'numeric' : 'text'}
      placeholder={isCount ? text.tokens : text.valuesPlaceholder}
      value={condition.typed}
      onChange={(event) => onChange({ ...condition, typed: event.target.value })}
    />
  );
}

function Streamed({ condition, onChange }: ConditionValuesProps) {
  const text = useEditorText().condition;
  const { readOnly } = useEditor();
  return (
    <Select
      disabled={readOnly}
      value={condition.chosen[0] === 'false' ? 'false' : 'true'}
      onValueChange={(value) => onChange({ ...condition, chosen: [value] })}
      options={(['true', 'false'] as const).map((value) => ({ value, label: text.streams[value] }))}
    />
  );
}

type ChosenProps = ConditionValuesProps &
  FoundRows<unknown>['search'] & { readonly options: readonly ComboboxOption[] };

/** What was chosen stays named, whatever is searched for. */
function Chosen({ condition, onChange, options, ...search }: ChosenProps) {
  const text = useEditorText().condition;
  const { readOnly, nameOf } = useEditor();
  const missing = condition.chosen.filter((id) => !options.some(({ value }) => value === id));
  return (
    <MultiSelect
      {...search}
      disabled={readOnly}
      placeholder={text.choose}
      options={[
        ...missing.map((id) => ({ value: id, label: nameOf(condition.kind, id), isNamedOnly: true })),
        ...options,
      ]}
      value={condition.chosen}
      onValueChange={(chosen) => onChange({ ...condition, chosen })}
    />
  );
}

function Teams(props: ConditionValuesProps) {
  const allowed = usePermission('teams:read');
  const { rows, search } = useFoundRows<ListedTeam>(
    allowed ? (q) => withQuery('/teams', { q, limit: SHOWN }) : undefined,
  );
  const options = rows.map((team) => ({ value: team.id, label: teamPathNames(team).join(' / ') }));
  return <Chosen {...props} {...search} options={options} />;
}

function Keys(props: ConditionValuesProps) {
  const allowed = usePermission('keys:read');
  const { rows, search } = useFoundRows<Key>(
    allowed ? (q) => withQuery('/keys', { q, state: 'active', limit: SHOWN }) : undefined,
  );
  const options = rows.map(({ id, name, hint }) => ({ value: id, label: name, hint }));
  return <Chosen {...props} {...search} options={options} />;
}

function Accounts(props: ConditionValuesProps) {
  const [opened, setOpened] = useState(false);
  const { rows, isLoading } = useServiceAccounts({ enabled: opened });
  const options = rows.map(({ id, name }) => ({ value: id, label: name }));
  return <Chosen {...props} options={options} onOpen={() => setOpened(true)} loading={isLoading} />;
}
