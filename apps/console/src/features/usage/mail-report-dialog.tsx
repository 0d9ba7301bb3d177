'use client';
/** Who gets a saved report by mail after each month. */
import { zodResolver } from '@hookform/resolvers/zod';
import type { SavedReport } from '@tollgate/api';
import { Callout, Field, TimeStamp } from '@tollgate/ui';
import { Controller, useForm } from 'react-hook-form';
import { z } from 'zod';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { FormDialog } from '../common/form-dialog.tsx';
import { MemberMultiSelect } from '../common/member-select.tsx';
import { useNewerThing, useOpened } from '../common/newer-thing.ts';
import { usePatchSaved } from '../common/saved-things.ts';
import { usePermission } from '../signed-in/use-permission.ts';

const MailValues = z.object({ mailTo: z.array(z.string()) });
type MailValues = z.output<typeof MailValues>;

interface MailDialogProps {
  readonly report: SavedReport;
  readonly timeZone: string;
  readonly onClose: () => void;
}

const toValues = ({ mailTo }: SavedReport): MailValues => ({ mailTo: [...mailTo] });

export function MailDialog({ report: opened, timeZone, onClose }: MailDialogProps) {
  const text = useMessages('usage').reports;
  const common = useMessages('common');
  const patch = usePatchSaved<SavedReport>('/saved-reports');
  const mayTellOthers = usePermission('alerts:write');
  const { memberCount } = useMessages('alerts').channels;
  const [report, setReport] = useOpened(opened);
  const form = useForm<MailValues>({
    resolver: zodResolver(MailValues),
    defaultValues: toValues(report),
  });
  const newer = useNewerThing<SavedReport, MailValues>({
    form,
    opened: [report, setReport],
    toValues,
    path: '/saved-reports',
    isThis: ({ id }) => id === report.id,
  });
  return (
    <FormDialog
      form={form}
      fields={['mailTo']}
      title={text.mailTitle(report.name)}
      description={text.mailText(report.timeZone === '' ? timeZone : report.timeZone)}
      submitLabel={common.save}
      onClose={onClose}
      meanwhile={
        newer && {
          newer,
          labels: { mailTo: text.recipients },
          valueText: (_, { mailTo }) => (mailTo.length === 0 ? text.nobody : memberCount(mailTo.length)),
        }
      }
      onSubmit={({ mailTo }) => patch.mutateAsync({ thing: report, change: { mailTo } })}
    >
      {!report.shared && <Callout>{text.mailPrivate}</Callout>}
      <Field label={text.recipients} hint={mayTellOthers ? text.recipientsHint : text.recipientsOwn}>
        <Controller
          control={form.control}
          name="mailTo"
          render={({ field }) => (
            <MemberMultiSelect
              value={field.value}
              onValueChange={(value) => field.onChange([...value])}
              allLabel={text.nobody}
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
