'use client';
/** Hands locale, time zone and the components' own words to everything below. Without it: English. */
import { Tooltip } from 'radix-ui';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { ENGLISH_LABELS, GERMAN_LABELS, type UiLabels } from './labels.ts';

export interface UiSettings {
  readonly locale: string;
  /** IANA name; absent means the zone of the browser. */
  readonly timeZone?: string | undefined;
  readonly labels: UiLabels;
  /** The server's time when it drew the page; kept while the page is open. */
  readonly drawnAtMs?: number | undefined;
  /** The zone that the server wrote times in; UTC unless told. */
  readonly drawnInTimeZone?: string | undefined;
}

const UiContext = createContext<UiSettings>({ locale: 'en', labels: ENGLISH_LABELS });

export interface UiProviderProps {
  readonly locale: string;
  readonly timeZone?: string | undefined;
  readonly drawnAtMs?: number | undefined;
  readonly drawnInTimeZone?: string | undefined;
  readonly children: ReactNode;
}

export function UiProvider({ locale, timeZone, children, ...drawing }: UiProviderProps) {
  // Those of the first view: a later answer of the server changes nothing that is on the screen.
  const [{ drawnAtMs, drawnInTimeZone }] = useState(drawing);
  const settings = useMemo<UiSettings>(
    () => ({
      locale,
      timeZone,
      labels: locale.startsWith('de') ? GERMAN_LABELS : ENGLISH_LABELS,
      drawnAtMs,
      drawnInTimeZone,
    }),
    [locale, timeZone, drawnAtMs, drawnInTimeZone],
  );
  return (
    <UiContext value={settings}>
      <Tooltip.Provider delayDuration={300} skipDelayDuration={200}>
        {children}
      </Tooltip.Provider>
    </UiContext>
  );
}

export function useUi(): UiSettings {
  return useContext(UiContext);
}
