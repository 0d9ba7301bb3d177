'use client';
/** Hands locale, time zone and the components' own words to everything below. Without it: English. */
import { Tooltip } from 'radix-ui';
import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { ENGLISH_LABELS, GERMAN_LABELS, type UiLabels } from './labels.ts';

export interface UiSettings {
  readonly locale: string;
  /** IANA name; absent means the zone of the browser. */
  readonly timeZone?: string | undefined;
  readonly labels: UiLabels;
}

const UiContext = createContext<UiSettings>({ locale: 'en', labels: ENGLISH_LABELS });

export interface UiProviderProps {
  readonly locale: string;
  readonly timeZone?: string | undefined;
  readonly children: ReactNode;
}

export function UiProvider({ locale, timeZone, children }: UiProviderProps) {
  const settings = useMemo<UiSettings>(
    () => ({ locale, timeZone, labels: locale.startsWith('de') ? GERMAN_LABELS : ENGLISH_LABELS }),
    [locale, timeZone],
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
