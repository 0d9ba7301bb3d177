'use client';
/** Said before anybody is invited: who joins beyond the seats of the plan adds one, and what that costs. */
import type { InvitationSeats } from '@tollgate/api';
import { Callout } from '@tollgate/ui';
import { useApiQuery } from '../../api/use-api.ts';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useUsdText } from '../billing/use-usd-text.ts';

export interface AddedSeatsProps {
  /** How many are about to be invited. */
  readonly count: number;
}

export function AddedSeats({ count }: AddedSeatsProps) {
  const text = useMessages('members');
  const usd = useUsdText();
  const { data } = useApiQuery<InvitationSeats>('/invitations/seats');
  if (data === undefined || data.seatFeeUsd === null || data.freeSeats === null) return null;
  // One is meant before anything is typed.
  if (Math.max(1, count) <= data.freeSeats) return null;
  return <Callout tone="info">{text.seatsAdded(usd(data.seatFeeUsd), data.freeSeats)}</Callout>;
}
