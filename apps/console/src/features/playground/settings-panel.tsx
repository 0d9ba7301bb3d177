'use client';
/** What holds for all models: system prompt, parameters, tools, and whose budgets hold. */
import { Card, Field, Input, Select, Switch, Textarea } from '@tollgate/ui';
import type { ReactNode } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { Disclosure } from '../common/disclosure.tsx';
import { type Parameters, parseTools, type Settings } from './conversation.ts';
import { TeamField } from './team-field.tsx';

export interface SettingsPanelProps {
  readonly settings: Settings;
  readonly onChange: (settings: Settings) => void;
  readonly children?: ReactNode;
}

/** Values of a Select cannot be empty. */
const NONE = 'none';

export function SettingsPanel({ settings, onChange, children }: SettingsPanelProps) {
  const text = useMessages('playground');
  const set = (change: Partial<Settings>) => onChange({ ...settings, ...change });
  const { parameters } = settings;
  const setParameter = (change: Partial<Parameters>) => set({ parameters: { ...parameters, ...change } });
  return (
    <Card>
      <div className="flex flex-col gap-4">
        {children}
        <Field label={text.system}>
          <Textarea
            rows={4}
            value={settings.system}
            placeholder={text.systemPlaceholder}
            onChange={(event) => set({ system: event.target.value })}
          />
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <NumberField
            label={text.temperature}
            value={parameters.temperature}
            onChange={(temperature) => setParameter({ temperature })}
          />
          <NumberField
            label={text.topP}
            value={parameters.topP}
            onChange={(topP) => setParameter({ topP })}
          />
          <NumberField
            label={text.maxTokens}
            value={parameters.maxTokens}
            onChange={(maxTokens) => setParameter({ maxTokens })}
          />
          <Field label={text.reasoningEffort}>
            <Select
              value={parameters.reasoningEffort || NONE}
              onValueChange={(value) => setParameter({ reasoningEffort: value === NONE ? '' : value })}
              options={[
                { value: NONE, label: text.modelDefault },
                { value: 'low', label: text.effort.low },
                { value: 'medium', label: text.effort.medium },
                { value: 'high', label: text.effort.high },
              ]}
            />
          </Field>
          <Field label={text.format}>
            <Select
              value={parameters.format}
              onValueChange={(format) => setParameter({ format })}
              options={[
                { value: 'text', label: text.formats.text },
                { value: 'json', label: text.formats.json },
              ]}
            />
          </Field>
          <TeamField teamId={settings.teamId} onChange={(teamId) => set({ teamId })} />
        </div>
        <Switch
          label={text.stream}
          checked={parameters.stream}
          onCheckedChange={(stream) => setParameter({ stream })}
        />
        <ToolsField tools={settings.tools} onChange={(tools) => set({ tools })} />
        <p className="text-xs text-ink-faint">{text.keyNote}</p>
      </div>
    </Card>
  );
}

function NumberField(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const text = useMessages('playground');
  return (
    <Field label={props.label}>
      <Input
        inputMode="decimal"
        autoComplete="off"
        className="tabular"
        placeholder={text.modelDefault}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value.replaceAll(/[^\d.,]/g, ''))}
      />
    </Field>
  );
}

const EXAMPLE_TOOL = `[
  {
    "name": "get_weather",
    "description": "Current weather of a city",
    "parameters": {
      "type": "object",
      "properties": { "city": { "type": "string" } },
      "required": ["city"]
    }
  }
]`;

function ToolsField({
  tools,
  onChange,
}: {
  readonly tools: string;
  readonly onChange: (tools: string) => void;
}) {
  const text = useMessages('playground');
  const parsed = parseTools(tools);
  const count = 'tools' in parsed ? parsed.tools.length : undefined;
  return (
    <Disclosure title={text.tools} summary={count ? text.toolCount(count) : undefined} open={tools !== ''}>
      <Field
        label={text.toolsLabel}
        labelHidden
        hint={text.toolsHint}
        error={'problem' in parsed ? text.toolProblem[parsed.problem] : undefined}
      >
        <Textarea
          rows={10}
          spellCheck={false}
          className="font-mono text-xs"
          value={tools}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
      {tools === '' && (
        <button
          type="button"
          className="w-fit text-xs text-accent-ink underline-offset-3 hover:underline"
          onClick={() => onChange(EXAMPLE_TOOL)}
        >
          {text.toolExample}
        </button>
      )}
    </Disclosure>
  );
}
