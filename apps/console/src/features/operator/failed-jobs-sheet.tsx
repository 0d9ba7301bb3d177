'use client';
/** Jobs of one queue that failed for good: tried again, or forgotten. What they carry is not shown. */
import type { FailedJob } from '@tollgate/api';
import { Button, EmptyState, Sheet, SkeletonText, TimeStamp, toast } from '@tollgate/ui';
import { CircleCheck, RotateCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useApiMutation, useApiQuery } from '../../api/use-api.ts';
import { useProblemText } from '../../api/use-form-problem.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { QueryError } from '../common/query-error.tsx';
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
      <ul className="flex flex-col">
        {jobs.data.data.map((job) => (
          <Job key={job.id} queue={queue} job={job} onDiscard={setDiscarding} />
        ))}
      </ul>
      {discarding && <DiscardJob queue={queue} job={discarding} onClose={() => setDiscarding(undefined)} />}
    </>
  );
}

interface JobProps {
  readonly queue: string;
  readonly job: FailedJob;
  readonly onDiscard: (job: FailedJob) => void;
}

function Job({ queue, job, onDiscard }: JobProps) {
  const text = useMessages('operator').system;
  const toText = useProblemText();
  const retry = useApiMutation<void>(
    () => ({ path: `${jobsPath(queue)}/${encodeURIComponent(job.id)}/retry`, method: 'POST' }),
    { invalidates: [jobsPath(queue), SYSTEM_PATH, '/audit-events'] },
  );
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
        <code className="font-mono text-xs wrap-anywhere">{job.id}</code>
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
