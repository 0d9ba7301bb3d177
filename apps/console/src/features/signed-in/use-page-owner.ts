'use client';
/** Holds a page to the person and the organization it was loaded for, whatever other tabs of the browser do meanwhile. */
import type { Me } from '@tollgate/api';
import { useEffect, useLayoutEffect } from 'react';
import { keepOrganization, pinPage } from '../../api/organization.ts';
import { enterConsole } from '../auth/auth-api.ts';

const CHANNEL = 'tollgate-person';
const isServer = typeof window === 'undefined';

/** @returns False where what came is of others than what the page has read: it is being loaded anew, and shows nothing. */
export function usePageOwner({ id }: Pick<Me, 'id'>, organizationId: string | undefined): boolean {
  const isOwn = isServer || pinPage({ personId: id, organizationId });
  useLayoutEffect(() => {
    if (isOwn) return;
    // Another tab's choice came with what was asked for here: this one stays where it is.
    keepOrganization();
    window.location.reload();
  }, [isOwn]);
  useEffect(() => {
    if (!isOwn) return;
    const keep = () => {
      if (document.hasFocus()) keepOrganization();
    };
    // The focus may be in the address bar.
    const keepShown = () => {
      if (document.visibilityState === 'visible') keepOrganization();
    };
    keep();
    window.addEventListener('focus', keep);
    document.addEventListener('visibilitychange', keepShown);
    return () => {
      window.removeEventListener('focus', keep);
      document.removeEventListener('visibilitychange', keepShown);
    };
  }, [isOwn]);
  useEffect(() => (isOwn ? leaveToOthers(id) : undefined), [isOwn, id]);
  return isOwn;
}

/** Every other tab hears who is signed in, and one of somebody else is left before it is looked at again. */
function leaveToOthers(personId: string): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => {
    if (data !== personId) enterConsole('/');
  };
  channel.postMessage(personId);
  return () => channel.close();
}
