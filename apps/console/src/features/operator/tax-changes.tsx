/** What an organization changed of itself that decides on its taxes. */
import { TimeStamp } from '@tollgate/ui';
import type { OrganizationBilling, TaxFields } from './operator-api.ts';

/** Nothing was there, or is there now. */
const NONE = '–';

export function TaxChanges({ changes }: { readonly changes: OrganizationBilling['taxChanges'] }) {
  return (
    <ul className="flex flex-col gap-1">
      {changes.map(({ changedAt, by, before, after }) => (
        <li key={changedAt} className="wrap-anywhere">
          {describe(before)} → {describe(after)}
          <span className="block text-xs text-ink-faint">
            <TimeStamp value={changedAt} format="exact" /> · {by}
          </span>
        </li>
      ))}
    </ul>
  );
}

function describe({ country, region, taxId }: TaxFields): string {
  return [country, region, taxId].flatMap((text) => (text === undefined ? [] : [text || NONE])).join(' · ');
}
