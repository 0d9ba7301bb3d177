'use client';
/** Saved reports of usage, and who gets one by mail after each month. */
import type { SavedReport } from '@tollgate/api';
import { FileChartColumn, FilePlus2, Mail, Save, UsersRound } from 'lucide-react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { later } from '../common/later.tsx';
import { SavedMenu } from '../common/saved-menu.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { isSameQuestion, type ReportQuestion } from './saved-report-types.ts';

const MailDialog = later(async () => (await import('./mail-report-dialog.tsx')).MailDialog);

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
