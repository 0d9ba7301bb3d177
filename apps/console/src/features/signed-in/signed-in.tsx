'use client';
/**
 * What the server already knows about who is signed in, handed to the browser before the first question:
 * the answer of `/me`, the current organization, and where the gateway is.
 */
import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query';
import type { Me } from '@tollgate/api';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { apiQueryKey } from '../../api/query-key.ts';
import { ReauthenticationDialog } from '../auth/reauthentication-dialog.tsx';
import { usePageOwner } from './use-page-owner.ts';

const GatewayContext = createContext<string | undefined>(undefined);

export interface SignedInProps {
  readonly me: Me;
  readonly organizationId: string | undefined;
  /** Public base of the gateway, without `/v1`. */
  readonly gatewayUrl: string;
  readonly children: ReactNode;
}

export function SignedIn({ me, organizationId, gatewayUrl, children }: SignedInProps) {
  const [known] = useState(() => {
    const client = new QueryClient();
    client.setQueryData(apiQueryKey('/me'), me);
    return dehydrate(client);
  });
  // Before screens ask the API: each call names whom the page is for.
  if (!usePageOwner(me, organizationId)) return null;
  return (
    <HydrationBoundary state={known}>
      <GatewayContext value={gatewayUrl}>
        {children}
        <ReauthenticationDialog />
      </GatewayContext>
    </HydrationBoundary>
  );
}

/** For snippets: `https://gateway.example`. */
export function useGatewayUrl(): string {
  const url = useContext(GatewayContext);
  if (url === undefined) throw new Error('Cannot name the gateway: SignedIn must be above, got none');
  return url;
}
