'use client';
/** Saved reports: open one, save what is shown, share it, have it mailed after each month, delete. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { SavedReport } from '@tollgate/api';
import {
  Button,
  Callout,
  Checkbox,
  ConfirmDialog,
  DropdownMenu,
  Field,
  Input,
  type MenuEntry,
  MultiSelect,
  TimeStamp,
  toast,
} from '@tollgate/ui';
import { FileChartColumn, FilePlus2, Mail, Pencil, Save, Trash2, UsersRound } from 'lucide-react';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useApiMutation } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useMembers } from '../common/names.ts';
import { idempotencyKeyOf, useIdempotencyKey } from '../common/request-safety.ts';
import { useConfirmed } from '../common/use-confirmed.ts';
import { useUrlState } from '../common/use-url-state.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import { isSameQuestion, type ReportQuestion } from './saved-report-types.ts';

export interface SavedReportsMenuProps {
  readonly reports: readonly SavedReport[];
  readonly current: SavedReport | undefined;
  readonly question: ReportQuestion;
  readonly timeZone: string;
  readonly onOpen: (report: SavedReport | undefined) => void;
}

type Opened = 'save' | 'edit' | 'delete';

export function SavedReportsMenu({ reports, current, question, timeZone, onOpen }: SavedReportsMenuProps) {
  const text = useMessages('usage').reports;
  const common = useMessages('common');
  const confirmed = useConfirmed();
  const url = useUrlState();
  const [opened, setOpened] = useState<Opened>();
  const patch = usePatchReport();
  const remove = useApiMutation<undefined, string>(
    (id) => ({ path: `/saved-reports/${id}`, method: 'DELETE' }),
    { invalidates: ['/saved-reports'] },
  );
  // A mail leads here, with the report and the place where its recipients are.
  const mailing = url.get('mail') === '1' && current !== undefined;
  const isChanged = current !== undefined && !isSameQuestion(current.question, question);
  const close = () => setOpened(undefined);
  const entryOf = (report: SavedReport): MenuEntry => ({
    label: report.name,
    icon: report.mailTo.length > 0 ? <Mail /> : report.shared ? <UsersRound /> : <FileChartColumn />,
    onSelect: () => onOpen(report),
  });
  const own = reports.filter(({ isOwn }) => isOwn);
  const others = reports.filter(({ isOwn }) => !isOwn);
  const ofCurrent = (report: SavedReport): MenuEntry[] => {
    const update: MenuEntry = {
      label: text.update(report.name),
      icon: <Save />,
      onSelect: () =>
        patch.mutate(
          { report, change: { question } },
          { onSuccess: () => toast.success(text.updated(report.name)) },
        ),
    };
    const change: MenuEntry[] = [
      ...(isChanged ? [update] : []),
      { label: text.mail, icon: <Mail />, onSelect: () => url.set({ mail: '1' }) },
      { label: text.rename, icon: <Pencil />, onSelect: () => setOpened('edit') },
      { label: text.remove, icon: <Trash2 />, tone: 'danger', onSelect: () => setOpened('delete') },
    ];
    return [
      { kind: 'separator' },
      { label: text.leave, onSelect: () => onOpen(undefined) },
      ...(report.canChange ? change : []),
    ];
  };
  const entries: MenuEntry[] = [
    ...(own.length > 0 ? [{ kind: 'label' as const, label: text.own }, ...own.map(entryOf)] : []),
    ...(others.length > 0 ? [{ kind: 'label' as const, label: text.shared }, ...others.map(entryOf)] : []),
    ...(reports.length > 0 ? [{ kind: 'separator' as const }] : []),
    { label: text.save, icon: <FilePlus2 />, onSelect: () => setOpened('save') },
    ...(current === undefined ? [] : ofCurrent(current)),
  ];
  return (
    <>
      <DropdownMenu
        trigger={
          <Button icon={<FileChartColumn />}>
            {current === undefined ? text.title : isChanged ? text.changed(current.name) : current.name}
          </Button>
        }
        entries={entries}
      />
      {opened === 'save' && <ReportDialog question={question} onClose={close} onSaved={onOpen} />}
      {opened === 'edit' && current && (
        <ReportDialog report={current} question={question} onClose={close} onSaved={() => undefined} />
      )}
      {mailing && current && (
        <MailDialog report={current} timeZone={timeZone} onClose={() => url.set({ mail: undefined })} />
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
          {text.removeText(current.mailTo.length)}
        </ConfirmDialog>
      )}
    </>
  );
}

interface ReportChange {
  readonly report: SavedReport;
  readonly change: {
    readonly name?: string;
    readonly question?: ReportQuestion;
    readonly shared?: boolean;
    readonly mailTo?: readonly string[];
  };
}

function usePatchReport() {
  return useApiMutation<SavedReport, ReportChange>(
    ({ report, change }) => ({
      path: `/saved-reports/${report.id}`,
      method: 'PATCH',
      json: change,
      ifMatch: `"${report.version}"`,
    }),
    { invalidates: ['/saved-reports'] },
  );
}

const Values = z.object({ name: z.string().trim().min(1).max(100), shared: z.boolean() });
type Values = z.output<typeof Values>;

interface ReportDialogProps {
  /** Undefined: a new one. */
  readonly report?: SavedReport;
  readonly question: ReportQuestion;
  readonly onClose: () => void;
  readonly onSaved: (report: SavedReport) => void;
}

function ReportDialog({ report, question, onClose, onSaved }: ReportDialogProps) {
  const text = useMessages('usage').reports;
  const common = useMessages('common');
  const parts = useMessages('parts');
  const formKey = useIdempotencyKey();
  const patch = usePatchReport();
  const create = useApiMutation<SavedReport, Values>(
    (values) => {
      const json = { ...values, question };
      return {
        path: '/saved-reports',
        method: 'POST',
        json,
        idempotencyKey: idempotencyKeyOf(formKey, json),
      };
    },
    { invalidates: ['/saved-reports'] },
  );
  const form = useForm<Values>({
    resolver: zodResolver(Values),
    defaultValues: { name: report?.name ?? '', shared: report?.shared ?? false },
  });
  const { errors } = form.formState;
  return (
    <FormDialog
      form={form}
      fields={['name', 'shared']}
      title={report === undefined ? text.save : text.rename}
      description={report === undefined ? text.saveText : undefined}
      submitLabel={common.save}
      onClose={onClose}
      onSubmit={async (values) => {
        onSaved(
          report === undefined
            ? await create.mutateAsync(values)
            : await patch.mutateAsync({ report, change: values }),
        );
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
    </FormDialog>
  );
}

const MailValues = z.object({ mailTo: z.array(z.string()) });
type MailValues = z.output<typeof MailValues>;

interface MailDialogProps {
  readonly report: SavedReport;
  readonly timeZone: string;
  readonly onClose: () => void;
}

function MailDialog({ report, timeZone, onClose }: MailDialogProps) {
  const text = useMessages('usage').reports;
  const common = useMessages('common');
  const members = useMembers();
  const patch = usePatchReport();
  const mayTellOthers = usePermission('alerts:write');
  const form = useForm<MailValues>({
    resolver: zodResolver(MailValues),
    defaultValues: { mailTo: [...report.mailTo] },
  });
  return (
    <FormDialog
      form={form}
      fields={['mailTo']}
      title={text.mailTitle(report.name)}
      description={text.mailText(report.timeZone === '' ? timeZone : report.timeZone)}
      submitLabel={common.save}
      onClose={onClose}
      onSubmit={({ mailTo }) => patch.mutateAsync({ report, change: { mailTo } })}
    >
      {!report.shared && <Callout>{text.mailPrivate}</Callout>}
      <Field label={text.recipients} hint={mayTellOthers ? text.recipientsHint : text.recipientsOwn}>
        <Controller
          control={form.control}
          name="mailTo"
          render={({ field }) => (
            <MultiSelect
              value={field.value}
              onValueChange={(value) => field.onChange([...value])}
              allLabel={text.nobody}
              loading={members.isLoading}
              options={members.rows.map((member) => ({
                value: member.id,
                label: member.name || member.email,
                hint: member.email,
              }))}
            />
          )}
        />
      </Field>
      {report.lastMailedAt !== null && (
        <p className="text-xs text-ink-faint">
          {text.lastMailed} <TimeStamp value={report.lastMailedAt} />
        </p>
      )}
    </FormDialog>
  );
}
