/** A placeholder in the shape of what comes. Invisible for the first 200 ms. */
import { classNames } from '../class-names.ts';

export function Skeleton({ className }: { readonly className?: string }) {
  return (
    <span aria-hidden className="block animate-appear-late">
      <span
        className={classNames('block h-4 w-full animate-skeleton rounded-xs bg-neutral-soft', className)}
      />
    </span>
  );
}

/** A few lines of text to come. */
export function SkeletonText({ lines = 3 }: { readonly lines?: number }) {
  return (
    <span className="flex flex-col gap-2">
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} className={line === lines - 1 ? 'w-2/3' : 'w-full'} />
      ))}
    </span>
  );
}
