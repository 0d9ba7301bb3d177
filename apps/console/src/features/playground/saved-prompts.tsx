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
import { type Column, EMPTY_SETTINGS, type Settings } from './conversation.ts';
import { contentText, type SaveValues, toValues } from './save-values.ts';
import { readSavedContent, toSavedContent } from './saved-content.ts';
import type { OpenedPrompt } from './use-playground-start.ts';

export interface OpenedContent {
  readonly settings: Settings;
  readonly models: readonly string[];
  readonly message: string;
}

export interface SavedPromptsProps {
  readonly settings: Settings;
  readonly columns: readonly Column[];
  readonly draft: string;
  readonly prompt: OpenedPrompt | undefined;
  readonly onOpen: (content: OpenedContent) => void;
}

export function SavedPrompts({ settings, columns, draft, prompt, onOpen }: SavedPromptsProps) {
  const text = useMessages('playground');
  const url = useUrlState();
  const toText = useProblemText();
  const [opened, setOpened] = useState(prompt);
  const [saving, setSaving] = useState(false);
  const [deleting, setDeleting] = useState<PlaygroundPrompt>();
  const prompts = useApiQuery<{ data: readonly PlaygroundPrompt[] }>('/playground/prompts?limit=50');
  const all = prompts.data?.data ?? [];
  const current = all.find(({ id }) => id === opened?.id);
  const [, copy] = useCopy();
  const show = (shown: PlaygroundPromptDetail) => {
    const { id, content } = shown;
    const { models, system, parameters, tools, messages } = readSavedContent(content);
    setOpened(shown);
    onOpen({
      models,
      settings: { ...EMPTY_SETTINGS, system, parameters, tools },
      message: messages[0] ?? '',
    });
    url.set({ prompt: id });
  };
  const open = async (id: string) => {
    try {
      show(await apiFetch<PlaygroundPromptDetail>(`/playground/prompts/${id}`));
    } catch (error) {
      toast.error(toText(error));
    }
  };
  const entries: MenuEntry[] = [
    ...(all.length === 0 ? [{ kind: 'label' as const, label: text.noPrompts }] : []),
    ...all.map(({ id, mine, name, createdByName }) => ({
      label: mine ? name : `${name} (${createdByName})`,
      onSelect: () => void open(id),
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
          current={current && opened && { ...current, version: opened.version, content: opened.content }}
          content={toSavedContent(settings, columns, draft === '' ? [] : [draft])}
          onClose={() => setSaving(false)}
          onSaved={(saved) => {
            setSaving(false);
            setOpened(saved);
            url.set({ prompt: saved.id });
          }}
          onTaken={(newer) => {
            setSaving(false);
            show(newer);
          }}
        />
      )}
      {deleting && (
        <DeletePrompt
          prompt={deleting}
          onClose={() => setDeleting(undefined)}
          onDeleted={() => {
            setOpened(undefined);
            url.set({ prompt: undefined });
          }}
        />
      )}
    </div>
  );
}

function SaveDialog({
  current,
  content,
  onClose,
  onSaved,
  onTaken,
}: {
  readonly current: PlaygroundPromptDetail | undefined;
  readonly content: unknown;
  readonly onClose: () => void;
  readonly onSaved: (prompt: PlaygroundPromptDetail) => void;
  /** What somebody else saved is wanted instead of what stands here. */
  readonly onTaken: (newer: PlaygroundPromptDetail) => void;
}) {
  const text = useMessages('playground');
  const common = useMessages('common');
  const parts = useMessages('parts');
  const [mine, setMine] = useOpened<PlaygroundPromptDetail | undefined>(
    current?.mine === true ? current : undefined,
  );
  const form = useForm<SaveValues>({
    defaultValues: { ...toValues(mine), content: contentText(content) },
  });
  const newer = useNewerThing<PlaygroundPromptDetail, SaveValues>({
    form,
    opened: [mine, setMine],
    toValues,
    path: `/playground/prompts/${mine?.id}`,
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
      meanwhile={
        newer && {
          newer: {
            ...newer,
            // What stands in the playground goes only where somebody else saved other words.
            takeLatest: () =>
              mine && newer.contested?.includes('content') ? onTaken(mine) : newer.takeLatest(),
          },
          labels: { name: common.name, shared: text.sharePrompt, content: text.promptContent },
          valueText: (name) => (name === 'content' ? text.anotherContent : undefined),
        }
      }
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
