/** What a request was paid for, part by part. The rows add up to the total, digit for digit. Pure. */
import { addDecimals } from '@tollgate/ui/charts';
import { type Attempt, type CostComponent, spentOf } from './request-types.ts';

export interface ComponentRow extends CostComponent {
  readonly id: string;
  /** Null: no price is known. */
  readonly spentUsd: string | null;
}

export function toComponentRows(attempts: readonly Attempt[]): readonly ComponentRow[] {
  return attempts.flatMap(({ attempt, entry, credentialOwner, components }) =>
    components.map((component, position) => ({
      ...component,
      id: `${attempt}-${entry}-${position}`,
      spentUsd: spentOf(credentialOwner, component),
    })),
  );
}

export function totalOf(rows: readonly ComponentRow[]): string {
  return addDecimals(rows.flatMap(({ spentUsd }) => spentUsd ?? []));
}
