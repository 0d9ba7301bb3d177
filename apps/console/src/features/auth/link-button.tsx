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
    <Button
      asChild
      variant={primary ? 'primary' : 'ghost'}
      size="lg"
      className={primary ? 'w-full' : 'mt-2 w-full'}
    >
      <Link href={href}>{label}</Link>
    </Button>
  );
}
