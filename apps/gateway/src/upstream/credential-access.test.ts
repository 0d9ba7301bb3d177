import { findProvider, passedResponseHeaders, redact } from '@tollgate/providers';
import { describe, expect, it } from 'vitest';
import type { CredentialEntry } from '../policy/policy.ts';
import { secretsOf } from './credential-access.ts';

const FIELDS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'IQoJb3JpZ2luX2VjEXAMPLETOKEN',
  region: 'eu-central-1',
};

const credential = { provider: 'amazon-bedrock', secret: JSON.stringify(FIELDS) } as CredentialEntry;

describe('secretsOf()', () => {
  it('[X2] has each secret of a credential of several, so that none passes in words or headers', () => {
    const secrets = secretsOf(credential, findProvider('amazon-bedrock')!);
    for (const secret of [FIELDS.secretAccessKey, FIELDS.sessionToken]) {
      expect(redact(`The string to sign should have been ${secret}`, secrets)).not.toContain(secret);
      expect(passedResponseHeaders({ 'x-ratelimit-limit-requests': secret }, secrets)).toEqual({});
    }
  });
});
