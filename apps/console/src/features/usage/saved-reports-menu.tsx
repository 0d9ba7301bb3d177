'use client';
/** Saved reports of usage, and who gets one by mail after each month. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { SavedReport } from '@tollgate/api';
import { Callout, Field, MultiSelect, TimeStamp } from '@tollgate/ui';
import { FileChartColumn, FilePlus2, Mail, Save, UsersRound } from 'lucide-react';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { useMembers } from '../common/names.ts';
import { SavedMenu, usePatchSaved } from '../common/saved-menu.tsx';
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

export function SavedReportsMenu({ reports, current, question, timeZone, onOpen }: SavedReportsMenuProps) {
  const text = useMessages('usage').reports;
  const url = useUrlState();
  // A mail leads here, with the report and the place where its recipients are.
  const mailing = url.get('mail') === '1' && current !== undefined;
  return (
    <>
      <SavedMenu
        path="/saved-reports"
        text={text}
        things={reports}
        current={current}
        question={question}
        isChanged={current !== undefined && !isSameQuestion(current.question, question)}
        icons={{ thing: <FileChartColumn />, add: <FilePlus2 />, update: <Save /> }}
        entryOf={({ mailTo, shared }) => ({
          icon: mailTo.length > 0 ? <Mail /> : shared ? <UsersRound /> : <FileChartColumn />,
        })}
        entriesOf={({ canChange }) =>
          canChange ? [{ label: text.mail, icon: <Mail />, onSelect: () => url.set({ mail: '1' }) }] : []
        }
        removeText={({ mailTo }) => text.removeText(mailTo.length)}
        onOpen={onOpen}
      />
      {mailing && current && (
        <MailDialog report={current} timeZone={timeZone} onClose={() => url.set({ mail: undefined })} />
      )}
    </>
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
  const patch = usePatchSaved<SavedReport>('/saved-reports');
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
      onSubmit={({ mailTo }) => patch.mutateAsync({ thing: report, change: { mailTo } })}
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
