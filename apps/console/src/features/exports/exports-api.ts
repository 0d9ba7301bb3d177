/** Choices and paths of exports. */
import type { ExportDelivery } from '@tollgate/api';
import { withQuery } from '../../api/query-key.ts';
import type { UrlState } from '../common/use-url-state.ts';

export const JOB_FORMATS = ['csv', 'jsonl', 'parquet', 'focus-csv', 'focus-parquet'] as const;
export type JobFormat = (typeof JOB_FORMATS)[number];

export const SCHEDULE_KINDS = ['usage', 'invoice'] as const;
export const SCHEDULE_INTERVALS = ['day', 'month'] as const;

export const DELIVERY_STATES = [
  'making',
  'waiting',
  'delivered',
  'dead',
] as const satisfies readonly DeliveryState[];
export type DeliveryState = ExportDelivery['state'];

export const SCHEDULES_PATH = '/export-schedules';
export const DESTINATIONS_PATH = '/export-destinations';
export const DELIVERIES_PATH = '/export-deliveries';

/** What was brought to buckets, in the state that the address asks for. */
export function deliveriesPath(url: Pick<UrlState, 'get'>, limit?: number): string {
  const state = DELIVERY_STATES.find((each) => each === url.get('state'));
  return withQuery(DELIVERIES_PATH, { state, limit });
}
