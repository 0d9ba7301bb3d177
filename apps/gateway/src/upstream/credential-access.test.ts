import { findProvider, passedResponseHeaders, redact } from '@tollgate/providers';
import { describe, expect, it } from 'vitest';
import type { CredentialEntry } from '../policy/policy.ts';
import { addressOf, secretsOf } from './credential-access.ts';

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

describe('addressOf()', () => {
  it('puts an id into the path where the address ends in a query, not behind that', () => {
    const fields = { apiKey: 'k'.repeat(32), apiVersion: '2024-10-21' };
    const baseUrl = 'https://acme.openai.azure.com';
    const dated = { provider: 'azure', baseUrl, secret: JSON.stringify(fields) } as CredentialEntry;
    const plan = { endpoint: 'openai-files', stream: false, pathSuffix: '/file-1?purpose=batch' } as const;
    expect(addressOf(dated, findProvider('azure')!, plan, '').path).toBe(
      '/openai/files/file-1?api-version=2024-10-21&purpose=batch',
    );
  });
});
