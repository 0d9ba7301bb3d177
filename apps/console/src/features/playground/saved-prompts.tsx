'use client';
/** Prompts that are kept under a name, for oneself or for all; and a link to share. */
import type { PlaygroundPrompt, PlaygroundPromptDetail } from '@tollgate/api';
import { Button, Checkbox, DropdownMenu, Field, Input, type MenuEntry, toast, useCopy } from '@tollgate/ui';
import { FolderOpen, Link2, Save, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { apiFetch } from '../../api/client.ts';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useUrlState } from '../common/use-url-state.ts';
import {
  type Column,
  EMPTY_SETTINGS,
  readSavedContent,
  type Settings,
  toSavedContent,
} from './conversation.ts';

export interface OpenedContent {
  readonly settings: Settings;
  readonly models: readonly string[];
  readonly message: string;
}

export interface SavedPromptsProps {
  readonly settings: Settings;
  readonly columns: readonly Column[];
  readonly draft: string;
  readonly promptId: string | undefined;
  readonly onOpen: (content: OpenedContent) => void;
}

export function SavedPrompts({ settings, columns, draft, promptId, onOpen }: SavedPromptsProps) {
  const text = useMessages('playground');
  const url = useUrlState();
  const toText = useProblemText();
  const [currentId, setCurrentId] = useState(promptId);
  const [saving, setSaving] = useState(false);
  const [deleting, setDeleting] = useState<PlaygroundPrompt>();
  const prompts = useApiQuery<{ data: readonly PlaygroundPrompt[] }>('/playground/prompts?limit=50');
  const all = prompts.data?.data ?? [];
  const current = all.find(({ id }) => id === currentId);
  const [, copy] = useCopy();
  const open = async (id: string) => {
    try {
      const prompt = await apiFetch<PlaygroundPromptDetail>(`/playground/prompts/${id}`);
      const { models, system, parameters, tools, messages } = readSavedContent(prompt.content);
      setCurrentId(id);
      onOpen({
        models,
        settings: { ...EMPTY_SETTINGS, system, parameters, tools },
        message: messages[0] ?? '',
      });
      url.set({ prompt: id });
    } catch (error) {
      toast.error(toText(error));
    }
  };
  const entries: MenuEntry[] = [
    ...(all.length === 0 ? [{ kind: 'label' as const, label: text.noPrompts }] : []),
    ...all.map((prompt) => ({
      label: prompt.mine ? prompt.name : `${prompt.name} (${prompt.createdByName})`,
      onSelect: () => void open(prompt.id),
    })),
    ...(current?.mine
      ? [
          { kind: 'separator' as const },
          {
            label: text.deletePrompt(current.name),
            icon: <Trash2 />,
            tone: 'danger' as const,
            onSelect: () => setDeleting(current),
          },
        ]
      : []),
  ];
  return (
    <div className="flex flex-wrap gap-2">
      <DropdownMenu
        align="start"
        className="max-h-80 min-w-56 overflow-y-auto"
        trigger={
          <Button size="sm" icon={<FolderOpen />}>
            {current?.name ?? text.prompts}
          </Button>
        }
        entries={entries}
      />
      <Button size="sm" icon={<Save />} onClick={() => setSaving(true)}>
        {text.save}
      </Button>
      <Button
        size="sm"
        variant="ghost"
        icon={<Link2 />}
        onClick={() => {
          void copy(window.location.href);
          toast.success(current?.shared === false ? text.linkPrivate : text.linkCopied);
        }}
      >
        {text.share}
      </Button>
      {saving && (
        <SaveDialog
          current={current}
          content={toSavedContent(settings, columns, draft === '' ? [] : [draft])}
          onClose={() => setSaving(false)}
          onSaved={(prompt) => {
            setSaving(false);
            setCurrentId(prompt.id);
            url.set({ prompt: prompt.id });
          }}
        />
      )}
      {deleting && (
        <DeletePrompt
          prompt={deleting}
          onClose={() => setDeleting(undefined)}
          onDeleted={() => {
            setCurrentId(undefined);
            url.set({ prompt: undefined });
          }}
        />
      )}
    </div>
  );
}

interface SaveValues {
  name: string;
  shared: boolean;
  asNew: boolean;
}

const toValues = (prompt: PlaygroundPrompt | undefined): SaveValues => ({
  name: prompt?.name ?? '',
  shared: prompt?.shared ?? false,
  asNew: prompt === undefined,
});

function SaveDialog({
  current,
  content,
  onClose,
  onSaved,
}: {
  readonly current: PlaygroundPrompt | undefined;
  readonly content: unknown;
  readonly onClose: () => void;
  readonly onSaved: (prompt: PlaygroundPromptDetail) => void;
}) {
  const text = useMessages('playground');
  const common = useMessages('common');
  const parts = useMessages('parts');
  const [mine, setMine] = useOpened(current?.mine === true ? current : undefined);
  const form = useForm<SaveValues>({
    defaultValues: toValues(mine),
  });
  const newer = useNewerThing<PlaygroundPrompt, SaveValues>({
    form,
    opened: [mine, setMine],
    toValues,
    path: '/playground/prompts?limit=50',
    isThis: ({ id }) => id === mine?.id,
  });
  const formKey = useIdempotencyKey();
  const save = useApiMutation<PlaygroundPromptDetail, SaveValues>(
    ({ name, shared, asNew }) => {
      const json = { name, shared, content };
      return mine === undefined || asNew
        ? { path: '/playground/prompts', json, idempotencyKey: idempotencyKeyOf(formKey, json) }
        : { path: `/playground/prompts/${mine.id}`, method: 'PUT', json, ifMatch: `"${mine.version}"` };
    },
    { invalidates: ['/playground/prompts'] },
  );
  return (
    <FormDialog
      form={form}
      size="sm"
      fields={['name']}
      title={text.saveTitle}
      description={text.saveText}
      submitLabel={common.save}
      onSubmit={(values) => save.mutateAsync(values)}
      meanwhile={newer && { newer, labels: { name: common.name, shared: text.sharePrompt } }}
      onDone={onSaved}
      onClose={onClose}
    >
      <Field label={common.name} error={form.formState.errors.name?.message} required>
        <Input autoFocus autoComplete="off" {...form.register('name', { required: parts.required })} />
      </Field>
      <Controller
        control={form.control}
        name="shared"
        render={({ field }) => (
          <Checkbox
            label={text.sharePrompt}
            description={text.sharePromptText}
            checked={field.value}
            onCheckedChange={(checked) => field.onChange(checked === true)}
          />
        )}
      />
      {mine && (
        <Controller
          control={form.control}
          name="asNew"
          render={({ field }) => (
            <Checkbox
              label={text.saveAsNew}
              checked={field.value}
              onCheckedChange={(checked) => field.onChange(checked === true)}
            />
          )}
        />
      )}
    </FormDialog>
  );
}

function DeletePrompt({
  prompt,
  onClose,
  onDeleted,
}: {
  readonly prompt: PlaygroundPrompt;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}) {
  const text = useMessages('playground');
  const remove = useApiMutation<void>(
    () => ({ path: `/playground/prompts/${prompt.id}`, method: 'DELETE' }),
    { invalidates: ['/playground/prompts'] },
  );
  return (
    <ConfirmAction
      title={text.deletePrompt(prompt.name)}
      confirmLabel={text.delete}
      tone="danger"
      run={() => remove.mutateAsync()}
      onDone={onDeleted}
      onClose={onClose}
    >
      {prompt.shared ? text.deleteSharedText : text.deleteText}
    </ConfirmAction>
  );
}
