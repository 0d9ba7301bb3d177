'use client';
/**
 * The menu of what people save for themselves or share (views, reports): open one, save what is shown, update, rename,
 * share, delete. What a kind has besides (a default, recipients) it brings itself.
 */
import { Button, DropdownMenu, type DropdownMenuProps, type MenuEntry, toast } from '@tollgate/ui';
import { Pencil, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from './confirm-action.tsx';
import { later } from './later.tsx';
import { type SavedPath, type SavedThing, usePatchSaved } from './saved-things.ts';

const SaveDialog = later(async () => (await import('./save-dialog.tsx')).SaveDialog);

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

type Opened = 'save' | 'edit' | 'delete';

export function SavedMenu<T extends SavedThing>(props: SavedMenuProps<T>) {
  const { path, text, things, current, question, isChanged, icons, ownFlag, onOpen } = props;
  const [opened, setOpened] = useState<Opened>();
  const patch = usePatchSaved<T>(path);
  const close = () => setOpened(undefined);
  const saving = { path, text, question, onClose: close };
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
      {opened === 'save' && (
        <SaveDialog
          {...saving}
          thing={undefined}
          flag={ownFlag && { ...ownFlag, value: false }}
          onSaved={(thing) => onOpen(thing as T)}
        />
      )}
      {opened === 'edit' && current && (
        <SaveDialog
          {...saving}
          thing={current}
          flag={ownFlag && { ...ownFlag, value: ownFlag.valueOf(current) }}
          onSaved={() => undefined}
        />
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
