import type { ReactNode } from 'react';

/** Title and one line of every page around sign-in. */
export function AuthHeading({
  title,
  children,
}: {
  readonly title: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <header className="mb-6">
      <h1 className="text-2xl font-semibold tracking-tight text-ink">{title}</h1>
      {children && <p className="mt-1.5 text-base text-ink-soft">{children}</p>}
    </header>
  );
}
