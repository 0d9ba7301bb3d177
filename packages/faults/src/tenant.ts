/** A tenant with a team, a virtual key and a share in the simulator, made in the database as the console would. */
import { NO_ORIGIN } from '@tollgate/audit';
import { parseKeyRing } from '@tollgate/config';
import { OPERATOR_ORGANIZATION_ID, openDatabase, type Transaction } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import { hashKeySecret, type KeySecret, keyHint, mintKeySecret, sealSecret } from '@tollgate/keys';
import {
  createBudget,
  createRateLimit,
  type NewBudget,
  type NewRateLimit,
  setResoldBudget,
} from '@tollgate/limits';

export interface TenantOptions {
  readonly consoleUrl: string;
  readonly keyPeppers: string;
  readonly encryptionKeys: string;
  /** Including `/v1`. */
  readonly simulatorBaseUrl: string;
  readonly simulatorApiKey: string;
  readonly nowMs: number;
  readonly limits?: TenantLimits;
  /** Keys beside the first. */
  readonly extraKeys?: readonly ExtraKey[];
}

export interface ExtraKey {
  /** Of a hard budget of its own, for its lifetime; it has none unless told. */
  readonly limitPicoUsd?: bigint;
}

/** A scope whose id is empty is the tenant's own team or key. */
export interface TenantLimits {
  /** All of them hard, all of them in force for every call. */
  readonly budgets?: readonly Pick<NewBudget, 'scope' | 'period' | 'limitPicoUsd' | 'counts'>[];
  readonly rateLimits?: readonly NewRateLimit[];
  /** `sim-small` costs this per request and nothing per token, so that what is spent can be counted. */
  readonly feePicoUsd?: bigint;
}

export interface Tenant {
  readonly organizationId: string;
  readonly teamId: string;
  readonly keyId: string;
  readonly secret: string;
  /** In the order in which they were asked for. */
  readonly extraKeys: readonly { readonly keyId: string; readonly secret: string }[];
}

/** To `sim-small`, and for some requests to `sim-large`; each falls over to the other. */
export const ROUTE_NAME = 'walk/route';

const CREDENTIAL_ID = 'cred_simulator';
/** The simulator in the guise of a provider that has more than conversations. */
const OPENAI_CREDENTIAL_ID = 'cred_simulator_as_openai';
/** As the catalogue prices them of the simulator's own. */
const OPENAI_MODELS = {
  'sim-embedding': { input: '20000' },
  'sim-image': {
    input: '5000000',
    'unit:image_input_token': '10000000',
    'unit:image_output_token': '40000000',
  },
};

/** May be called several times on one database: the operator's credential is made once. */
export async function createTenant(options: TenantOptions): Promise<Tenant> {
  const database = openDatabase({ url: options.consoleUrl, applicationName: 'faults', maxConnections: 2 });
  const organizationId = newId('organization', options.nowMs);
  const teamId = newId('team', options.nowMs);
  const { extraKeys: wanted = [] } = options;
  const made = [undefined, ...wanted].map(() => ({
    keyId: newId('virtualKey', options.nowMs),
    secret: mintKeySecret(),
  }));
  const [{ keyId, secret }, ...extraKeys] = made as [(typeof made)[0], ...typeof made];
  try {
    await database.tenant(OPERATOR_ORGANIZATION_ID, async (tx) => {
      for (const facts of [
        simulatorFacts(options, CREDENTIAL_ID, 'simulator', ['sim-small', 'sim-large']),
        simulatorFacts(options, OPENAI_CREDENTIAL_ID, 'openai', Object.keys(OPENAI_MODELS)),
      ]) {
        await tx.providerCredential.upsert({ where: { id: facts.id }, create: facts, update: facts });
      }
    });
    await database.tenant(organizationId, async (tx) => {
      await tx.organization.create({
        data: { id: organizationId, name: 'Faults', slug: organizationId.toLowerCase() },
      });
      await tx.team.create({
        data: { id: teamId, organizationId, name: 'Walk', slug: 'walk', path: teamId, costCenter: 'CC-1' },
      });
      for (const key of made) await insertKey(tx, { organizationId, teamId, ...key }, options);
      await insertRoute(tx, organizationId, options.nowMs);
    });
    await database.tenant(organizationId, async (tx) => {
      for (const [model, components] of Object.entries(OPENAI_MODELS)) {
        await setPrice(tx, { organizationId, provider: 'openai', model, components }, options.nowMs);
      }
    });
    const limits = { ...options.limits, budgets: [...(options.limits?.budgets ?? [])] };
    for (const [index, { limitPicoUsd }] of wanted.entries()) {
      const id = extraKeys[index]?.keyId ?? '';
      if (limitPicoUsd !== undefined)
        limits.budgets.push({ scope: { type: 'key', id }, period: 'lifetime', limitPicoUsd });
    }
    await setLimits(
      (run) => database.tenant(organizationId, run),
      { organizationId, teamId, keyId },
      { ...options, limits },
    );
    const { feePicoUsd } = options.limits ?? {};
    if (feePicoUsd !== undefined) {
      const components = { input: '0', output: '0', request: String(feePicoUsd) };
      const price = { organizationId, provider: 'simulator', model: 'sim-small', components };
      await database.tenant(organizationId, (tx) => setPrice(tx, price, options.nowMs));
    }
  } finally {
    await database.close();
  }
  return { organizationId, teamId, keyId, secret, extraKeys };
}

async function insertKey(
  tx: Transaction,
  key: {
    readonly organizationId: string;
    readonly teamId: string;
    readonly keyId: string;
    readonly secret: KeySecret;
  },
  { keyPeppers, nowMs }: TenantOptions,
): Promise<void> {
  const { organizationId, teamId, keyId, secret } = key;
  await tx.virtualKey.create({
    data: { id: keyId, organizationId, teamId, name: 'walk', createdById: 'usr_faults' },
  });
  await tx.virtualKeySecret.create({
    data: {
      id: newId('keySecret', nowMs),
      organizationId,
      keyId,
      ...hashKeySecret(secret, parseKeyRing(keyPeppers)),
      hint: keyHint(secret),
    },
  });
}

async function insertRoute(tx: Transaction, organizationId: string, nowMs: number): Promise<void> {
  const targets = [
    { model: 'sim-small', credentialId: null, weight: 7 },
    { model: 'sim-large', credentialId: null, weight: 3 },
  ];
  const configuration = {
    description: null,
    rules: [{ when: [], targets }],
    fallbacks: [],
    stickyBy: 'none',
    allowResold: false,
  };
  await tx.route.create({
    data: { id: newId('route', nowMs), organizationId, name: ROUTE_NAME, configuration },
  });
}

async function setLimits(
  inTenant: (run: (tx: Transaction) => Promise<void>) => Promise<void>,
  ids: { readonly organizationId: string; readonly teamId: string; readonly keyId: string },
  { limits: { budgets = [], rateLimits = [] } = {}, nowMs }: TenantOptions,
): Promise<void> {
  const own = <S extends NewBudget['scope']>(scope: S): S => {
    const id = { organization: ids.organizationId, team: ids.teamId, key: ids.keyId }[scope.type as string];
    return scope.id === '' && id !== undefined ? { ...scope, id } : scope;
  };
  await inTenant(async (tx) => {
    const actor = { kind: 'system', id: 'faults', name: 'faults' } as const;
    const change = { tx, organizationId: ids.organizationId, actor, origin: NO_ORIGIN, nowMs };
    for (const budget of budgets) {
      await createBudget(change, {
        ...budget,
        scope: own(budget.scope),
        name: `${budget.scope.type} ${budget.period}`,
        kind: 'hard',
        anchorAt: null,
        thresholds: [],
        onExceeded: 'refuse',
        carryOver: false,
        carryOverCapPicoUsd: null,
        paused: false,
      });
    }
    // What is resold to it is the subject of some walks, and would stop all others after a few dollars.
    if (budgets.every(({ counts }) => counts !== 'resold')) await setResoldBudget(change, null);
    for (const limit of rateLimits) await createRateLimit(change, { ...limit, scope: own(limit.scope) });
  });
}

async function setPrice(
  tx: Transaction,
  price: {
    readonly organizationId: string;
    readonly provider: string;
    readonly model: string;
    readonly components: Readonly<Record<string, string>>;
  },
  nowMs: number,
): Promise<void> {
  await tx.priceVersion.create({
    data: {
      ...price,
      id: newId('priceVersion', nowMs),
      layer: 'organization',
      validFrom: new Date(0),
      tiers: [],
    },
  });
}

function simulatorFacts(
  { encryptionKeys, simulatorBaseUrl, simulatorApiKey }: TenantOptions,
  id: string,
  provider: string,
  models: string[],
) {
  const sealed = {
    organizationId: OPERATOR_ORGANIZATION_ID,
    recordId: id,
    field: 'secret',
    baseUrl: simulatorBaseUrl,
  } as const;
  return {
    id,
    organizationId: OPERATOR_ORGANIZATION_ID,
    provider,
    name: `Simulator as ${provider}`,
    baseUrl: simulatorBaseUrl,
    livemode: false,
    models,
    secretCiphertext: sealSecret(parseKeyRing(encryptionKeys), sealed, simulatorApiKey),
  };
}
