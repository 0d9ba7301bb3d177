import { classNames } from '../class-names.ts';

/** The mark: a raised barrier on its post. Decorative beside the name. */
export function LogoMark({ className }: { readonly className?: string }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className={classNames('size-6', className)}>
      <rect width="24" height="24" rx="5" className="fill-accent" />
      <path d="M7 18V9.5" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" fill="none" />
      <path d="M7 12.2 18 6" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" fill="none" />
      <path
        d="M12.4 18h5.2"
        stroke="#fff"
        strokeOpacity=".65"
        strokeWidth="2.4"
        strokeLinecap="round"
        fill="none"
      />
    </svg>
  );
}

export function Logo({ className }: { readonly className?: string }) {
  return (
    <span
      className={classNames(
        'inline-flex items-center gap-2 font-semibold tracking-tight text-ink',
        className,
      )}
    >
      <LogoMark />
      Tollgate
    </span>
  );
}
