'use client';
import { useDesignText } from './use-design-text.ts';

const GROUNDS = [
  'canvas',
  'surface',
  'raised',
  'sunken',
  'hover',
  'selected',
  'line',
  'line-strong',
  'control',
];
const CHART = [
  'chart-1',
  'chart-2',
  'chart-3',
  'chart-4',
  'chart-5',
  'chart-6',
  'chart-7',
  'chart-8',
  'chart-other',
];
const STATES = ['accent', 'positive', 'warning', 'negative', 'info'];
const SCALE = [
  { className: 'text-3xl font-semibold tracking-tight', name: '3xl 32' },
  { className: 'text-2xl font-semibold tracking-tight', name: '2xl 24' },
  { className: 'text-xl font-semibold tracking-tight', name: 'xl 20' },
  { className: 'text-lg', name: 'lg 16' },
  { className: 'text-base', name: 'base 14' },
  { className: 'text-sm', name: 'sm 13' },
  { className: 'text-xs', name: 'xs 12' },
  { className: 'text-2xs', name: '2xs 11' },
];

export function TokensSample() {
  const text = useDesignText();
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <div className="flex flex-col gap-4">
        {[GROUNDS, CHART, STATES].map((names) => (
          <ul key={names[0]} className="grid grid-cols-[repeat(auto-fill,minmax(4.5rem,1fr))] gap-2">
            {names.map((name) => (
              <li key={name} className="flex flex-col gap-1">
                <span
                  className="h-10 rounded-sm border border-line"
                  style={{ background: `var(--tg-${name})` }}
                />
                <span className="truncate text-2xs text-ink-faint">{name}</span>
              </li>
            ))}
          </ul>
        ))}
      </div>
      <ul className="flex flex-col gap-1.5">
        {SCALE.map((step) => (
          <li key={step.name} className="flex items-baseline gap-4">
            <span className="tabular w-14 shrink-0 text-xs text-ink-faint">{step.name}</span>
            <span className={step.className}>{text.scale}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
