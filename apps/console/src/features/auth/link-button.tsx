import { Button } from '@tollgate/ui';
import Link from 'next/link';

/** Where pages around sign-in lead on. */
export function LinkButton({
  href,
  label,
  primary = false,
}: {
  readonly href: string;
  readonly label: string;
  readonly primary?: boolean;
}) {
  return (
    <Button asChild variant={primary ? 'primary' : 'secondary'} size="lg" className="mt-2 w-full first:mt-0">
      <Link href={href}>{label}</Link>
    </Button>
  );
}
