/** Every route of the admin API. Static paths stand before those with parameters at the same place. */
import type { AnyRoute } from '../framework/route.ts';
import { adminTokenRoutes } from './admin-tokens.ts';
import { authRoutes } from './auth.ts';
import { healthRoutes } from './health.ts';
import { invitationRoutes } from './invitations.ts';
import { invoiceRoutes } from './invoices.ts';
import { keyRoutes } from './keys.ts';
import { meRoutes } from './me.ts';
import { memberRoutes } from './members.ts';
import { organizationRoutes } from './organizations.ts';
import { providerCredentialRoutes } from './provider-credentials.ts';
import { roleRoutes } from './roles.ts';
import { serviceAccountRoutes } from './service-accounts.ts';
import { teamRoutes } from './teams.ts';

export const ROUTES: readonly AnyRoute[] = [
  ...healthRoutes,
  ...authRoutes,
  ...meRoutes,
  ...organizationRoutes,
  ...teamRoutes,
  ...memberRoutes,
  ...invitationRoutes,
  ...roleRoutes,
  ...serviceAccountRoutes,
  ...adminTokenRoutes,
  ...keyRoutes,
  ...providerCredentialRoutes,
  ...invoiceRoutes,
];
