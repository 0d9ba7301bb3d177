/** Which alerts an address asks for. Pure; values that are none are left out, as a link may have come from anywhere. */
import type { UrlState } from '../common/use-url-state.ts';
import type { AlertFilter } from './alert-api.ts';

export const ALERT_FILTERS = ['kind', 'severity', 'team', 'target'] as const;
export const SEVERITIES = ['critical', 'warning', 'info'] as const;

/** @param kinds Those that there are. */
export function readAlertFilter(url: Pick<UrlState, 'get'>, kinds: readonly string[]): AlertFilter {
  const kind = kinds.find((each) => each === url.get('kind'));
  const severity = SEVERITIES.find((each) => each === url.get('severity'));
  const [teamId, targetId] = [url.get('team'), url.get('target')];
  return {
    ...(kind && { kind }),
    ...(severity && { severity }),
    ...(teamId && { teamId }),
    ...(targetId && { targetId }),
  };
}
