'use client';
import {
  Button,
  Card,
  Checkbox,
  Combobox,
  Field,
  Input,
  MultiSelect,
  PasswordInput,
  RadioGroup,
  Select,
  Switch,
  Textarea,
} from '@tollgate/ui';
import { Mail, Search } from 'lucide-react';
import { useState } from 'react';
import { useDesignText } from './use-design-text.ts';

const MODELS = [
  { value: 'gpt-5', label: 'gpt-5', hint: 'OpenAI', group: 'OpenAI' },
  { value: 'gpt-5-mini', label: 'gpt-5-mini', hint: 'OpenAI', group: 'OpenAI' },
  { value: 'claude-sonnet-4-5', label: 'claude-sonnet-4-5', hint: 'Anthropic', group: 'Anthropic' },
  { value: 'gemini-2.5-flash', label: 'gemini-2.5-flash', hint: 'Google', group: 'Google' },
];

export function FormSample() {
  const text = useDesignText();
  const [model, setModel] = useState<string | undefined>('gpt-5-mini');
  const [models, setModels] = useState<readonly string[]>(['gpt-5', 'claude-sonnet-4-5']);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Card title={text.forms.text} footer={<Button variant="primary">Save</Button>}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name" hint="Shown in lists and on invoices." required>
            <Input defaultValue="checkout-service" />
          </Field>
          <Field label="Budget" error="Must be at least $1.00, got $0.50">
            <Input prefix="$" defaultValue="0.50" inputMode="decimal" className="tabular" />
          </Field>
          <Field label="E-mail" optional>
            <Input type="email" prefix={<Mail />} placeholder="ada@example.com" />
          </Field>
          <Field label="Password">
            <PasswordInput defaultValue="correct horse" autoComplete="off" />
          </Field>
          <Field label="Disabled">
            <Input disabled defaultValue="not now" />
          </Field>
          <Field label="Read only">
            <Input readOnly defaultValue="org_2xN4" />
          </Field>
          <Field label="Note" className="sm:col-span-2" hint="At most 500 characters.">
            <Textarea placeholder="What is it for?" />
          </Field>
          <Field label="Search" labelHidden className="sm:col-span-2">
            <Input prefix={<Search />} placeholder="model:gpt-5* status:>=400" className="font-mono" />
          </Field>
        </div>
      </Card>
      <Card title={text.forms.choice}>
        <div className="grid gap-4">
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Period">
              <Select
                defaultValue="month"
                options={[
                  { value: 'day', label: 'Day' },
                  { value: 'week', label: 'Week' },
                  { value: 'month', label: 'Month' },
                  { value: 'lifetime', label: 'Lifetime', disabled: true },
                ]}
              />
            </Field>
            <Field label="Empty">
              <Select options={[{ value: 'a', label: 'A' }]} />
            </Field>
            <Field label="Fall back to">
              <Combobox options={MODELS} value={model} onValueChange={setModel} clearable />
            </Field>
            <Field label="Models">
              <MultiSelect options={MODELS} value={models} onValueChange={setModels} allLabel="All models" />
            </Field>
          </div>
          <Field label="When it is exceeded">
            <RadioGroup
              appearance="cards"
              defaultValue="refuse"
              options={[
                { value: 'refuse', label: 'Refuse', description: 'Requests get status 402.' },
                { value: 'model', label: 'Cheaper model', description: 'Requests go to the fall-back.' },
              ]}
            />
          </Field>
          <div className="flex flex-col gap-2.5">
            <Checkbox label="Keep payloads" description="Encrypted, for 30 days." defaultChecked />
            <Checkbox label="Some of them" checked="indeterminate" />
            <Checkbox label="Not available" disabled />
            <Switch label="Live mode" description="Charges count towards the invoice." defaultChecked />
            <Switch label="Off" />
            <Switch label="Disabled" disabled />
          </div>
        </div>
      </Card>
    </div>
  );
}
