/**
 * The operator's simulator credential: what makes a first request, its cost and its invoice line possible without
 * a provider's key and without a network.
 *
 * Owned by the operator and resold with a markup, so that a newcomer's draft invoice has real lines; not live, so
 * that nothing of it is ever collected. Only `npm start` seeds it; a production set-up has no simulator.
 */
import type { KeyRing } from '@tollgate/config';
import { type Database, OPERATOR_ORGANIZATION_ID } from '@tollgate/db';
import { sealSecret } from '@tollgate/keys';

const CREDENTIAL_ID = 'cred_simulator';
const MARKUP_RULE_ID = 'markup_simulator';
const MARKUP_BASIS_POINTS = 1_000;
const VALID_FROM = new Date('2026-01-01T00:00:00Z');

export interface SimulatorCredentialOptions {
  /** As a role that may write the operator's rows: the console's. */
  readonly database: Database;
  readonly encryptionKeys: KeyRing;
  /** Up to and including `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
}

/**
 * Safe to repeat: another port or key on the next start replaces the old one. The rest is the operator's, who may have
 * renamed it, switched it off or narrowed its models; and whoever deleted it is not given it again.
 */
export async function seedSimulatorCredential(options: SimulatorCredentialOptions): Promise<void> {
  const { database, encryptionKeys, baseUrl, apiKey } = options;
  const secretCiphertext = sealSecret(
    encryptionKeys,
    { organizationId: OPERATOR_ORGANIZATION_ID, recordId: CREDENTIAL_ID, field: 'secret', baseUrl },
    apiKey,
  );
  await database.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
    const deletions = await tx.auditEvent.count({
      where: {
        organizationId: OPERATOR_ORGANIZATION_ID,
        targetId: CREDENTIAL_ID,
        action: 'provider-credential-deleted',
      },
    });
    if (deletions > 0) return;
    const facts = { baseUrl, secretCiphertext, secretHint: `${apiKey.slice(0, 4)}…` };
    await tx.providerCredential.upsert({
      where: { id: CREDENTIAL_ID },
      update: facts,
      create: {
        ...facts,
        id: CREDENTIAL_ID,
        organizationId: OPERATOR_ORGANIZATION_ID,
        provider: 'simulator',
        name: 'Simulator',
        livemode: false,
        models: ['sim-small', 'sim-large'],
      },
    });
    // Stated once: a rule never changes.
    await tx.markupRule.createMany({
      data: {
        id: MARKUP_RULE_ID,
        organizationId: OPERATOR_ORGANIZATION_ID,
        credentialId: CREDENTIAL_ID,
        basisPoints: MARKUP_BASIS_POINTS,
        validFrom: VALID_FROM,
      },
      skipDuplicates: true,
    });
  });
}
