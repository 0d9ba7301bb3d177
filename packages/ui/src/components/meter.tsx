'use client';
/** How much of a limit is used. Turns to warning and to negative at the given shares. */
import { classNames } from '../class-names.ts';
import { formatPercent } from '../format/number.ts';
import { useUi } from '../provider/ui-provider.tsx';

export interface MeterProps {
  /** 0 to 1; more is drawn full and marked as exceeded. */
  readonly share: number;
  readonly label: string;
  readonly warnAt?: number;
  /** A second, paler part on top: what is held by running requests. */
  readonly heldShare?: number;
  readonly className?: string;
}

const WARN_AT = 0.8;

export function Meter({ share, label, warnAt = WARN_AT, heldShare = 0, className }: MeterProps) {
  const { locale } = useUi();
  const color = share >= 1 ? 'bg-negative-solid' : share >= warnAt ? 'bg-chart-3' : 'bg-accent';
  const width = (value: number) => `${Math.min(100, Math.max(0, value * 100))}%`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: <meter> cannot show two parts, nor look alike everywhere
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.min(100, Math.round(share * 100))}
      aria-valuetext={formatPercent(share, locale)}
      className={classNames('relative h-1.5 w-full overflow-hidden rounded-full bg-neutral-soft', className)}
    >
      {heldShare > 0 && (
        <span
          className={classNames('absolute inset-y-0 left-0 rounded-full opacity-40', color)}
          style={{ width: width(share + heldShare) }}
        />
      )}
      <span
        className={classNames('absolute inset-y-0 left-0 rounded-full transition-[width]', color)}
        style={{ width: width(share) }}
      />
    </div>
  );
}
