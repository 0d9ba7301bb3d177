'use client';
import { Skeleton, useUi } from '@tollgate/ui';

/** In the place of any page whose first answers take longer than drawing its frame. */
export function PageSkeleton() {
  const { labels } = useUi();
  return (
    <div aria-busy className="flex flex-col gap-5">
      <span className="sr-only">{labels.loading}</span>
      <Skeleton className="h-7 w-48" />
      <Skeleton className="h-28" />
      <Skeleton className="h-96" />
    </div>
  );
}
