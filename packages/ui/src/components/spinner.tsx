import { LoaderCircle } from 'lucide-react';
import { classNames } from '../class-names.ts';

/** Decorative: whoever shows it says in words that something runs. */
export function Spinner({ className }: { readonly className?: string }) {
  return <LoaderCircle aria-hidden className={classNames('size-4 animate-spin', className)} />;
}
