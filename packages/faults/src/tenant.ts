/** A tenant with a team, a virtual key and a share in the simulator, made in the database as the console would. */
import { parseKeyRing } from '@tollgate/config';
import { OPERATOR_ORGANIZATION_ID, openDatabase } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { hashKeySecret, keyHint, mintKeySecret, sealSecret } from '@tollgate/keys';

export interface TenantOptions {
  readonly consoleUrl: string;
  readonly keyPeppers: string;
  readonly encryptionKeys: string;
  /** Including `/v1`. */
  readonly simulatorBaseUrl: string;
  readonly simulatorApiKey: string;
  readonly nowMs: number;
}

export interface Tenant {
  readonly organizationId: string;
  readonly teamId: string;
  readonly keyId: string;
  readonly secret: string;
}

const CREDENTIAL_ID = 'cred_simulator';

/** May be called several times on one database: the operator's credential is made once. */
export async function createTenant(options: TenantOptions): Promise<Tenant> {
  const database = openDatabase({ url: options.consoleUrl, applicationName: 'faults', maxConnections: 2 });
  const organizationId = newId('organization', options.nowMs);
  const teamId = newId('team', options.nowMs);
  const keyId = newId('virtualKey', options.nowMs);
  const secret = mintKeySecret();
  const { pepperVersion, hash } = hashKeySecret(secret, parseKeyRing(options.keyPeppers));
  try {
    await database.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
      const facts = simulatorFacts(options);
      await tx.providerCredential.upsert({ where: { id: CREDENTIAL_ID }, create: facts, update: facts });
    });
    await database.tenant(organizationId, async (tx) => {
      await tx.organization.create({
        data: { id: organizationId, name: 'Faults', slug: organizationId.toLowerCase() },
      });
      await tx.team.create({
        data: { id: teamId, organizationId, name: 'Walk', slug: 'walk', path: teamId, costCenter: 'CC-1' },
      });
      await tx.virtualKey.create({
        data: { id: keyId, organizationId, teamId, name: 'walk', createdById: 'usr_faults' },
      });
      await tx.virtualKeySecret.create({
        data: {
          id: newId('keySecret', options.nowMs),
          organizationId,
          keyId,
          pepperVersion,
          hash,
          hint: keyHint(secret),
        },
      });
    });
  } finally {
    await database.close();
  }
  return { organizationId, teamId, keyId, secret };
}

function simulatorFacts({ encryptionKeys, simulatorBaseUrl, simulatorApiKey }: TenantOptions) {
  return {
    id: CREDENTIAL_ID,
    organizationId: OPERATOR_ORGANIZATION_ID,
    provider: 'simulator',
    name: 'Simulator',
    baseUrl: simulatorBaseUrl,
    livemode: false,
    models: ['sim-small', 'sim-large'],
    secretCiphertext: sealSecret(
      parseKeyRing(encryptionKeys),
      {
        organizationId: OPERATOR_ORGANIZATION_ID,
        recordId: CREDENTIAL_ID,
        field: 'secret',
        baseUrl: simulatorBaseUrl,
      },
      simulatorApiKey,
    ),
  };
}
