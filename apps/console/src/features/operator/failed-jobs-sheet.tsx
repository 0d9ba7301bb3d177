'use client';
/** Jobs of one queue that failed for good: tried again, or forgotten. What they carry is not shown. */
import type { FailedJob } from '@tollgate/api';
import { Button, Checkbox, EmptyState, Sheet, SkeletonText, TimeStamp, toast } from '@tollgate/ui';
import { CircleCheck, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type MutationCall, useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { QueryError } from '../common/query-error.tsx';
import { useBulkChanges } from '../common/use-bulk-changes.tsx';
import { ShowApiCall } from '../shell/show-api-call.tsx';
import { SYSTEM_PATH } from './operator-api.ts';

const jobsPath = (queue: string): string => `/operator/queues/${encodeURIComponent(queue)}/failed-jobs`;

export interface FailedJobsSheetProps {
  readonly queue: string | undefined;
  readonly onClose: () => void;
}

export function FailedJobsSheet({ queue, onClose }: FailedJobsSheetProps) {
  const text = useMessages('operator').system;
  return (
    <Sheet
      size="lg"
      open={queue !== undefined}
      onClose={onClose}
      title={queue === undefined ? '…' : text.failedTitle(queue)}
      description={text.failedText}
      footer={queue !== undefined && <ShowApiCall path={jobsPath(queue)} />}
    >
      {queue !== undefined && <Jobs queue={queue} />}
    </Sheet>
  );
}

function Jobs({ queue }: { readonly queue: string }) {
  const text = useMessages('operator').system;
  const jobs = useApiQuery<{ readonly data: readonly FailedJob[] }>(jobsPath(queue), { staleTime: 0 });
  const [discarding, setDiscarding] = useState<FailedJob>();
  const [chosenIds, setChosenIds] = useState<ReadonlySet<string>>(new Set());
  const bulk = useRetryMany(queue);
  const rows = jobs.data?.data ?? [];
  // What was retried is gone from the list.
  const chosen = rows.filter(({ id }) => chosenIds.has(id));
  if (jobs.error && jobs.data === undefined) {
    return <QueryError query={jobs} />;
  }
  if (jobs.data === undefined) return <SkeletonText lines={6} />;
  if (jobs.data.data.length === 0) {
    return (
      <EmptyState icon={<CircleCheck />} title={text.failedEmptyTitle}>
        {text.failedEmptyText}
      </EmptyState>
    );
  }
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line pb-3">
        <Checkbox
          label={text.chooseJobs}
          checked={chosen.length === rows.length ? true : chosen.length > 0 ? 'indeterminate' : false}
          onCheckedChange={(all) => setChosenIds(new Set(all === true ? rows.map(({ id }) => id) : []))}
        />
        {chosen.length > 0 && (
          <span className="flex flex-wrap gap-2">{bulk.actions(chosen, () => setChosenIds(new Set()))}</span>
        )}
      </div>
      <ul className="flex flex-col">
        {rows.map((job) => (
          <Job
            key={job.id}
            queue={queue}
            job={job}
            chosen={chosenIds.has(job.id)}
            onChoose={() => setChosenIds((before) => before.symmetricDifference(new Set([job.id])))}
            onDiscard={setDiscarding}
          />
        ))}
      </ul>
      {bulk.windows}
      {discarding && <DiscardJob queue={queue} job={discarding} onClose={() => setDiscarding(undefined)} />}
    </>
  );
}

const retryCall = (queue: string, { id }: FailedJob): MutationCall => ({
  path: `${jobsPath(queue)}/${encodeURIComponent(id)}/retry`,
  method: 'POST',
});

function useRetryMany(queue: string) {
  const text = useMessages('operator').system;
  return useBulkChanges<FailedJob>({
    nameOf: ({ id }) => id,
    invalidates: [jobsPath(queue), SYSTEM_PATH, '/audit-events'],
    changes: [
      {
        id: 'retry',
        label: text.retry,
        icon: <RotateCcw />,
        tone: 'primary',
        title: text.retryMany,
        text: <p>{text.retryManyText}</p>,
        toCall: (job) => retryCall(queue, job),
        done: text.retriedMany,
      },
    ],
  });
}

interface JobProps {
  readonly queue: string;
  readonly job: FailedJob;
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly onDiscard: (job: FailedJob) => void;
}

function Job({ queue, job, chosen, onChoose, onDiscard }: JobProps) {
  const text = useMessages('operator').system;
  const toText = useProblemText();
  const retry = useApiMutation<void>(() => retryCall(queue, job), {
    invalidates: [jobsPath(queue), SYSTEM_PATH, '/audit-events'],
  });
  const retryNow = async () => {
    try {
      await retry.mutateAsync();
      toast.success(text.retried);
    } catch (error) {
      toast.error(toText(error));
    }
  };
  return (
    <li className="flex flex-col gap-2 border-b border-line py-3 last:border-b-0">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <Checkbox
          label={<code className="font-mono text-xs wrap-anywhere">{job.id}</code>}
          checked={chosen}
          onCheckedChange={onChoose}
        />
        <span className="flex gap-1">
          <Button
            size="sm"
            icon={<RotateCcw />}
            loading={retry.isPending}
            aria-label={text.retryJob(job.id)}
            onClick={() => void retryNow()}
          >
            {text.retry}
          </Button>
          <Button
            size="sm"
            variant="dangerGhost"
            icon={<Trash2 />}
            aria-label={text.discardJob(job.id)}
            onClick={() => onDiscard(job)}
          >
            {text.discard}
          </Button>
        </span>
      </div>
      <p className="text-sm wrap-anywhere text-ink-soft">{job.reason}</p>
      <p className="tabular text-xs text-ink-faint">
        {text.tries}: {job.tries}
        {job.failedAt !== null && (
          <>
            {' · '}
            {text.failedAt} <TimeStamp value={job.failedAt} />
          </>
        )}
      </p>
    </li>
  );
}

function DiscardJob({
  queue,
  job,
  onClose,
}: Pick<JobProps, 'queue' | 'job'> & { readonly onClose: () => void }) {
  const text = useMessages('operator').system;
  const discard = useApiMutation<void>(
    () => ({ path: `${jobsPath(queue)}/${encodeURIComponent(job.id)}`, method: 'DELETE' }),
    { invalidates: [jobsPath(queue), SYSTEM_PATH, '/audit-events'] },
  );
  return (
    <ConfirmAction
      title={text.discardTitle}
      confirmLabel={text.discard}
      run={() => discard.mutateAsync()}
      done={text.discarded}
      onClose={onClose}
    >
      {text.discardText}
    </ConfirmAction>
  );
}
