'use client';
/** Choosing a country: by its name, kept as its code. What was typed before there was a list stays until it is changed. */
import { Combobox, useIsFirstDrawing } from '@tollgate/ui';
import { useCallback, useMemo } from 'react';
import { useLocale, useMessages } from '../../i18n/i18n-provider.tsx';
import { countryName, listCountries } from './country-codes.ts';

export interface CountrySelectProps {
  /** Empty: none. */
  readonly value: string;
  /** Empty: none. */
  readonly onChange: (code: string) => void;
  readonly disabled?: boolean;
  /** Whether none may be chosen. */
  readonly clearable?: boolean;
}

export function CountrySelect({ value, onChange, disabled = false, clearable = true }: CountrySelectProps) {
  const text = useMessages('parts');
  const locale = useLocale();
  const countries = useMemo(
    () =>
      listCountries(locale).map(({ code, name }) => ({
        value: code,
        label: name,
        hint: code,
        keywords: [code],
      })),
    [locale],
  );
  // The server and the browser may call a country otherwise: what both draw first is its code.
  const isFirstDrawing = useIsFirstDrawing();
  const isListed = value === '' || countries.some((country) => country.value === value);
  const shownOnly = value === '' ? [] : [{ value, label: value }];
  return (
    <Combobox
      options={isFirstDrawing ? shownOnly : isListed ? countries : [...shownOnly, ...countries]}
      value={value === '' ? undefined : value}
      onValueChange={(code) => onChange(code ?? '')}
      placeholder={text.chooseCountry}
      clearable={clearable}
      disabled={disabled}
    />
  );
}

/** @returns What a code is called, for texts that a form shows after it was drawn. */
export function useCountryName(): (code: string) => string {
  const locale = useLocale();
  return useCallback((code: string) => countryName(code, locale), [locale]);
}
