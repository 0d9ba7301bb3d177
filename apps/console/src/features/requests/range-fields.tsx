'use client';
/** First and last minute of a range of one's own, in the time of the reader. */
import { Input } from '@tollgate/ui';
import { useEffect, useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { customRange, type ExplorerRange } from './explorer-range.ts';

export function RangeFields({ range }: { readonly range: ExplorerRange }) {
  const text = useMessages('requests');
  const url = useUrlState();
  const [from, setFrom] = useState(() => toLocal(range.from));
  const [to, setTo] = useState(() => toLocal(range.to));
  useEffect(() => {
    setFrom(toLocal(range.from));
    setTo(toLocal(range.to));
  }, [range.from, range.to]);
  const apply = () => {
    const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
    if (fromMs < toMs) url.set(customRange(fromMs, toMs));
  };
  return (
    <>
      <Input
        type="datetime-local"
        step={1}
        aria-label={text.rangeFrom}
        className="w-auto"
        value={from}
        onChange={(event) => setFrom(event.target.value)}
        onBlur={apply}
      />
      <Input
        type="datetime-local"
        step={1}
        aria-label={text.rangeTo}
        className="w-auto"
        value={to}
        onChange={(event) => setTo(event.target.value)}
        onBlur={apply}
      />
    </>
  );
}

/** As `datetime-local` wants it: the clock on the reader's wall, without a zone. */
function toLocal(iso: string | undefined): string {
  if (iso === undefined) return '';
  const date = new Date(iso);
  const wall = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return wall.toISOString().slice(0, 19);
}
