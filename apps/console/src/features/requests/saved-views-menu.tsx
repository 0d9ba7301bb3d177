'use client';
/** Saved views: open one, save what is shown, rename, share, make it one's own start, delete. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { SavedView } from '@tollgate/api';
import {
  Button,
  Checkbox,
  ConfirmDialog,
  DropdownMenu,
  Field,
  Input,
  type MenuEntry,
  toast,
} from '@tollgate/ui';
import { Bookmark, BookmarkPlus, Pencil, Star, StarOff, Trash2, UsersRound } from 'lucide-react';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useConfirmed } from '../common/use-confirmed.ts';
import { isSameQuestion, type ViewQuestion } from './saved-view-types.ts';

export interface SavedViewsMenuProps {
  readonly views: readonly SavedView[];
  /** The one that the address names. */
  readonly current: SavedView | undefined;
  /** What is shown now. */
  readonly question: ViewQuestion;
  readonly onOpen: (view: SavedView | undefined) => void;
}

type Opened = 'save' | 'edit' | 'delete';

export function SavedViewsMenu({ views, current, question, onOpen }: SavedViewsMenuProps) {
  const text = useMessages('requests').views;
  const common = useMessages('common');
  const confirmed = useConfirmed();
  const [opened, setOpened] = useState<Opened>();
  const patch = usePatchView();
  const remove = useApiMutation<undefined, string>(
    (id) => ({ path: `/saved-views/${id}`, method: 'DELETE' }),
    { invalidates: ['/saved-views'] },
  );
  const isChanged = current !== undefined && !isSameQuestion(current.question, question);
  const close = () => setOpened(undefined);
  const own = views.filter(({ isOwn }) => isOwn);
  const others = views.filter(({ isOwn }) => !isOwn);
  const entryOf = (view: SavedView): MenuEntry => ({
    label: view.name,
    icon: view.isDefault ? <Star /> : view.shared ? <UsersRound /> : <Bookmark />,
    ...(view.isDefault && { hint: text.default }),
    onSelect: () => onOpen(view),
  });
  const entries: MenuEntry[] = [
    ...(own.length > 0 ? [{ kind: 'label' as const, label: text.own }, ...own.map(entryOf)] : []),
    ...(others.length > 0 ? [{ kind: 'label' as const, label: text.shared }, ...others.map(entryOf)] : []),
    ...(views.length > 0 ? [{ kind: 'separator' as const }] : []),
    { label: text.save, icon: <BookmarkPlus />, onSelect: () => setOpened('save') },
    ...(current === undefined ? [] : currentEntries(current)),
  ];
  function currentEntries(view: SavedView): MenuEntry[] {
    const save = () =>
      patch.mutate(
        { view, change: { question } },
        { onSuccess: () => toast.success(text.updated(view.name)) },
      );
    const change: MenuEntry[] = view.canChange
      ? [
          ...(isChanged ? [{ label: text.update(view.name), icon: <Bookmark />, onSelect: save }] : []),
          { label: text.rename, icon: <Pencil />, onSelect: () => setOpened('edit') },
        ]
      : [];
    const toDefault: MenuEntry = {
      label: view.isDefault ? text.unsetDefault : text.setDefault,
      icon: view.isDefault ? <StarOff /> : <Star />,
      onSelect: () => patch.mutate({ view, change: { isDefault: !view.isDefault } }),
    };
    const end: MenuEntry[] = view.canChange
      ? [{ label: text.remove, icon: <Trash2 />, tone: 'danger', onSelect: () => setOpened('delete') }]
      : [];
    return [
      { kind: 'separator' },
      { label: text.leave, onSelect: () => onOpen(undefined) },
      ...change,
      toDefault,
      ...end,
    ];
  }
  return (
    <>
      <DropdownMenu
        align="start"
        trigger={
          <Button icon={<Bookmark />}>
            {current === undefined ? text.title : isChanged ? text.changed(current.name) : current.name}
          </Button>
        }
        entries={entries}
      />
      {opened === 'save' && <ViewDialog question={question} onClose={close} onSaved={onOpen} />}
      {opened === 'edit' && current && (
        <ViewDialog view={current} question={question} onClose={close} onSaved={() => undefined} />
      )}
      {opened === 'delete' && current && (
        <ConfirmDialog
          open
          onOpenChange={(open) => !open && close()}
          title={text.removeTitle(current.name)}
          confirmLabel={common.delete}
          tone="danger"
          onConfirm={confirmed(async () => {
            await remove.mutateAsync(current.id);
            onOpen(undefined);
            close();
          })}
        >
          {current.shared ? text.removeShared : text.removeOwn}
        </ConfirmDialog>
      )}
    </>
  );
}

interface ViewChange {
  readonly view: SavedView;
  readonly change: {
    readonly name?: string;
    readonly question?: ViewQuestion;
    readonly shared?: boolean;
    readonly isDefault?: boolean;
  };
}

function usePatchView() {
  return useApiMutation<SavedView, ViewChange>(
    ({ view, change }) => ({
      path: `/saved-views/${view.id}`,
      method: 'PATCH',
      json: change,
      ifMatch: `"${view.version}"`,
    }),
    { invalidates: ['/saved-views'] },
  );
}

const Values = z.object({
  name: z.string().trim().min(1).max(100),
  shared: z.boolean(),
  isDefault: z.boolean(),
});
type Values = z.output<typeof Values>;

interface ViewDialogProps {
  /** Undefined: a new one. */
  readonly view?: SavedView;
  readonly question: ViewQuestion;
  readonly onClose: () => void;
  readonly onSaved: (view: SavedView) => void;
}

function ViewDialog({ view, question, onClose, onSaved }: ViewDialogProps) {
  const text = useMessages('requests').views;
  const common = useMessages('common');
  const parts = useMessages('parts');
  const formKey = useIdempotencyKey();
  const patch = usePatchView();
  const create = useApiMutation<SavedView, Values>(
    (values) => {
      const json = { ...values, question };
      return { path: '/saved-views', method: 'POST', json, idempotencyKey: idempotencyKeyOf(formKey, json) };
    },
    { invalidates: ['/saved-views'] },
  );
  const form = useForm<Values>({
    resolver: zodResolver(Values),
    defaultValues: {
      name: view?.name ?? '',
      shared: view?.shared ?? false,
      isDefault: view?.isDefault ?? false,
    },
  });
  const { errors } = form.formState;
  return (
    <FormDialog
      form={form}
      fields={['name', 'shared', 'isDefault']}
      title={view === undefined ? text.save : text.rename}
      description={view === undefined ? text.saveText : undefined}
      submitLabel={common.save}
      onClose={onClose}
      onSubmit={async (values) => {
        const saved =
          view === undefined
            ? await create.mutateAsync(values)
            : await patch.mutateAsync({ view, change: values });
        onSaved(saved);
      }}
    >
      <Field label={common.name} required error={errors.name && parts.required}>
        <Input autoFocus maxLength={100} {...form.register('name')} />
      </Field>
      <Controller
        control={form.control}
        name="shared"
        render={({ field }) => (
          <Checkbox
            label={text.share}
            description={text.shareText}
            checked={field.value}
            onCheckedChange={field.onChange}
          />
        )}
      />
      <Controller
        control={form.control}
        name="isDefault"
        render={({ field }) => (
          <Checkbox
            label={text.setDefault}
            description={text.defaultText}
            checked={field.value}
            onCheckedChange={field.onChange}
          />
        )}
      />
    </FormDialog>
  );
}
