'use client';
/**
 * The menu of what people save for themselves or share (views, reports): open one, save what is shown, update, rename,
 * share, delete. What a kind has besides (a default, recipients) it brings itself.
 */
import { zodResolver } from '@hookform/resolvers/zod';
import {
  Button,
  Checkbox,
  DropdownMenu,
  type DropdownMenuProps,
  Field,
  Input,
  type MenuEntry,
  toast,
} from '@tollgate/ui';
import { Pencil, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from './confirm-action.tsx';
import { FormDialog } from './form-dialog.tsx';
import { idempotencyKeyOf, useIdempotencyKey } from './request-safety.ts';

export interface SavedThing {
  readonly id: string;
  readonly name: string;
  readonly shared: boolean;
  readonly isOwn: boolean;
  readonly canChange: boolean;
  readonly version: number;
}

interface SavedText {
  readonly title: string;
  readonly own: string;
  readonly shared: string;
  readonly changed: (name: string) => string;
  readonly save: string;
  readonly saveText: string;
  readonly update: (name: string) => string;
  readonly updated: (name: string) => string;
  readonly rename: string;
  readonly share: string;
  readonly shareText: string;
  readonly leave: string;
  readonly remove: string;
  readonly removeTitle: (name: string) => string;
}

/** A second box of the form: what somebody wants of it for themselves. */
interface OwnFlag<T> {
  readonly field: string;
  readonly label: string;
  readonly description: string;
  readonly valueOf: (thing: T) => boolean;
}

export interface SavedMenuProps<T extends SavedThing> extends Pick<DropdownMenuProps, 'align'> {
  readonly path: SavedPath;
  readonly text: SavedText;
  readonly things: readonly T[];
  /** The one that the address names. */
  readonly current: T | undefined;
  /** What is shown now, and whether that is another than the current one's. */
  readonly question: object;
  readonly isChanged: boolean;
  readonly icons: { readonly thing: ReactNode; readonly add: ReactNode; readonly update: ReactNode };
  /** How one stands in the list. */
  readonly entryOf: (thing: T) => { readonly icon: ReactNode; readonly hint?: string };
  /** What the kind has besides, of the current one. */
  readonly entriesOf: (thing: T) => readonly MenuEntry[];
  readonly ownFlag?: OwnFlag<T>;
  readonly removeText: (thing: T) => string;
  readonly onOpen: (thing: T | undefined) => void;
}

export type SavedPath = '/saved-views' | '/saved-reports';
type Opened = 'save' | 'edit' | 'delete';

export function SavedMenu<T extends SavedThing>(props: SavedMenuProps<T>) {
  const { path, text, things, current, question, isChanged, icons, onOpen } = props;
  const [opened, setOpened] = useState<Opened>();
  const patch = usePatchSaved<T>(path);
  const close = () => setOpened(undefined);
  const toEntry = (thing: T): MenuEntry => ({
    label: thing.name,
    ...props.entryOf(thing),
    onSelect: () => onOpen(thing),
  });
  const own = things.filter(({ isOwn }) => isOwn);
  const others = things.filter(({ isOwn }) => !isOwn);
  const update = (thing: T): MenuEntry => ({
    label: text.update(thing.name),
    icon: icons.update,
    onSelect: () =>
      patch.mutate(
        { thing, change: { question } },
        { onSuccess: () => toast.success(text.updated(thing.name)) },
      ),
  });
  const ofCurrent = (thing: T): MenuEntry[] => [
    { kind: 'separator' },
    { label: text.leave, onSelect: () => onOpen(undefined) },
    ...(thing.canChange && isChanged ? [update(thing)] : []),
    ...props.entriesOf(thing),
    ...(thing.canChange
      ? [
          { label: text.rename, icon: <Pencil />, onSelect: () => setOpened('edit') },
          {
            label: text.remove,
            icon: <Trash2 />,
            tone: 'danger' as const,
            onSelect: () => setOpened('delete'),
          },
        ]
      : []),
  ];
  const entries: MenuEntry[] = [
    ...(own.length > 0 ? [{ kind: 'label' as const, label: text.own }, ...own.map(toEntry)] : []),
    ...(others.length > 0 ? [{ kind: 'label' as const, label: text.shared }, ...others.map(toEntry)] : []),
    ...(things.length > 0 ? [{ kind: 'separator' as const }] : []),
    { label: text.save, icon: icons.add, onSelect: () => setOpened('save') },
    ...(current === undefined ? [] : ofCurrent(current)),
  ];
  return (
    <>
      <DropdownMenu
        {...(props.align && { align: props.align })}
        trigger={
          <Button icon={icons.thing}>
            {current === undefined ? text.title : isChanged ? text.changed(current.name) : current.name}
          </Button>
        }
        entries={entries}
      />
      {opened === 'save' && <SaveDialog {...props} thing={undefined} onClose={close} onSaved={onOpen} />}
      {opened === 'edit' && current && (
        <SaveDialog {...props} thing={current} onClose={close} onSaved={() => undefined} />
      )}
      {opened === 'delete' && current && (
        <DeleteDialog
          {...props}
          thing={current}
          onClose={close}
          onDeleted={() => {
            onOpen(undefined);
            close();
          }}
        />
      )}
    </>
  );
}

export interface SavedChange<T> {
  readonly thing: T;
  readonly change: Readonly<Record<string, unknown>>;
}

/** At the version that was seen. */
export function usePatchSaved<T extends SavedThing>(path: SavedPath) {
  return useApiMutation<T, SavedChange<T>>(
    ({ thing, change }) => ({
      path: `${path}/${thing.id}`,
      method: 'PATCH',
      json: change,
      ifMatch: `"${thing.version}"`,
    }),
    { invalidates: [path] },
  );
}

const Values = z.object({ name: z.string().trim().min(1).max(100), shared: z.boolean(), flag: z.boolean() });
type Values = z.output<typeof Values>;

interface SaveDialogProps<T extends SavedThing>
  extends Pick<SavedMenuProps<T>, 'path' | 'text' | 'question' | 'ownFlag'> {
  /** Undefined: a new one. */
  readonly thing: T | undefined;
  readonly onClose: () => void;
  readonly onSaved: (thing: T) => void;
}

function SaveDialog<T extends SavedThing>(props: SaveDialogProps<T>) {
  const { path, text, question, ownFlag, thing, onClose, onSaved } = props;
  const common = useMessages('common');
  const parts = useMessages('parts');
  const formKey = useIdempotencyKey();
  const patch = usePatchSaved<T>(path);
  const create = useApiMutation<T, object>(
    (values) => {
      const json = { ...values, question };
      return { path, method: 'POST', json, idempotencyKey: idempotencyKeyOf(formKey, json) };
    },
    { invalidates: [path] },
  );
  const form = useForm<Values>({
    resolver: zodResolver(Values),
    defaultValues: {
      name: thing?.name ?? '',
      shared: thing?.shared ?? false,
      flag: (thing && ownFlag?.valueOf(thing)) ?? false,
    },
  });
  const { errors } = form.formState;
  const box = (name: 'shared' | 'flag', label: string, description: string) => (
    <Controller
      control={form.control}
      name={name}
      render={({ field }) => (
        <Checkbox
          label={label}
          description={description}
          checked={field.value}
          onCheckedChange={field.onChange}
        />
      )}
    />
  );
  return (
    <FormDialog
      form={form}
      fields={['name', 'shared', 'flag']}
      title={thing === undefined ? text.save : text.rename}
      description={thing === undefined ? text.saveText : undefined}
      submitLabel={common.save}
      onClose={onClose}
      onSubmit={async ({ flag, ...plain }) => {
        const change = ownFlag === undefined ? plain : { ...plain, [ownFlag.field]: flag };
        onSaved(
          thing === undefined ? await create.mutateAsync(change) : await patch.mutateAsync({ thing, change }),
        );
      }}
    >
      <Field label={common.name} required error={errors.name && parts.required}>
        <Input autoFocus maxLength={100} {...form.register('name')} />
      </Field>
      {box('shared', text.share, text.shareText)}
      {ownFlag && box('flag', ownFlag.label, ownFlag.description)}
    </FormDialog>
  );
}

interface DeleteDialogProps<T extends SavedThing>
  extends Pick<SavedMenuProps<T>, 'path' | 'text' | 'removeText'> {
  readonly thing: T;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

function DeleteDialog<T extends SavedThing>(props: DeleteDialogProps<T>) {
  const { path, text, removeText, thing, onClose, onDeleted } = props;
  const common = useMessages('common');
  const remove = useApiMutation<undefined, string>((id) => ({ path: `${path}/${id}`, method: 'DELETE' }), {
    invalidates: [path],
  });
  return (
    <ConfirmAction
      title={text.removeTitle(thing.name)}
      confirmLabel={common.delete}
      tone="danger"
      run={() => remove.mutateAsync(thing.id)}
      onDone={onDeleted}
      onClose={onClose}
    >
      {removeText(thing)}
    </ConfirmAction>
  );
}
