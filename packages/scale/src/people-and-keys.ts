/** Teams and keys by the hundred thousand, in sets: as the console would have made them, but nobody has their secrets. */
import { createHash } from 'node:crypto';
import type { Database } from '@tollgate/db';
import { newId } from '@tollgate/ids';
import type { SeededRandom } from './random.ts';

export interface Dimensions {
  readonly teams: readonly { readonly id: string; readonly costCenter: string }[];
  /** Some of the keys: those that are used. */
  readonly keys: readonly { readonly id: string; readonly teamIndex: number }[];
}

export interface DimensionOptions {
  /** In the console's role. */
  readonly database: Database;
  readonly organizationId: string;
  readonly createdById: string;
  readonly teamCount: number;
  readonly keyCount: number;
  /** How many of the keys are used, and by how many of the teams. */
  readonly usedKeyCount: number;
  readonly usedTeamCount: number;
  readonly nowMs: number;
  readonly random: SeededRandom;
}

const PIECE = 5_000;
const DAY_MS = 86_400_000;
const WORDS = [
  'search',
  'support',
  'billing',
  'ranking',
  'mobile',
  'risk',
  'sales',
  'research',
  'legal',
  'data',
];
const STAGES = ['prod', 'staging', 'dev', 'batch', 'eval'];

export async function fillTeamsAndKeys(options: DimensionOptions): Promise<Dimensions> {
  const { database, organizationId, teamCount, keyCount, usedKeyCount, usedTeamCount, nowMs, random } =
    options;
  const teams = Array.from({ length: teamCount }, (_, index) => ({
    id: newId('team', nowMs - random.below(300) * DAY_MS),
    costCenter: `CC-${100 + (index % 60)}`,
    name: `${WORDS[index % WORDS.length]} ${Math.floor(index / WORDS.length) + 1}`,
  }));
  for (const piece of piecesOf(teams)) {
    await database.tenant(
      organizationId,
      (tx) => tx.$executeRaw`
      INSERT INTO teams (id, organization_id, name, slug, path, cost_center)
      SELECT t.id, ${organizationId}, t.name, replace(t.name, ' ', '-'), t.id, t."costCenter"
      FROM jsonb_to_recordset(${JSON.stringify(piece)}::jsonb) AS t(id text, name text, "costCenter" text)`,
    );
  }

  const used: { id: string; teamIndex: number }[] = [];
  for (let from = 0; from < keyCount; from += PIECE) {
    const piece = Array.from({ length: Math.min(PIECE, keyCount - from) }, (_, index) => {
      const number = from + index;
      const createdAtMs = nowMs - random.below(365 * 24) * 3_600_000;
      const isUsed = number < usedKeyCount;
      const teamIndex = random.below(isUsed ? usedTeamCount : teamCount);
      const id = newId('virtualKey', createdAtMs);
      if (isUsed) used.push({ id, teamIndex });
      return {
        id,
        team_id: teams[teamIndex]!.id,
        name: `${WORDS[number % WORDS.length]} ${STAGES[number % STAGES.length]} ${number}`,
        created_at: new Date(createdAtMs).toISOString(),
        expires_at: number % 3 === 0 ? new Date(nowMs + random.below(200) * DAY_MS).toISOString() : null,
        revoked_at: number % 11 === 0 ? new Date(nowMs - DAY_MS).toISOString() : null,
        last_used_at: isUsed ? new Date(nowMs - random.below(DAY_MS)).toISOString() : null,
        secret_id: newId('keySecret', createdAtMs),
        hash: createHash('sha256').update(`${organizationId} ${number}`).digest('hex'),
        hint: `tgk_…${String(number).padStart(4, '0').slice(-4)}`,
      };
    });
    await insertKeys(options, JSON.stringify(piece));
  }
  return { teams, keys: used };
}

async function insertKeys({ database, organizationId, createdById }: DimensionOptions, piece: string) {
  await database.tenant(
    organizationId,
    async (tx) => {
      await tx.$executeRaw`
        INSERT INTO virtual_keys (id, organization_id, team_id, name, created_by_id, created_at, expires_at, revoked_at, last_used_at)
        SELECT k.id, ${organizationId}, k.team_id, k.name, ${createdById}, k.created_at, k.expires_at, k.revoked_at, k.last_used_at
        FROM jsonb_to_recordset(${piece}::jsonb) AS k(id text, team_id text, name text, created_at timestamptz,
          expires_at timestamptz, revoked_at timestamptz, last_used_at timestamptz)`;
      await tx.$executeRaw`
        INSERT INTO virtual_key_secrets (id, organization_id, key_id, pepper_version, hash, hint, created_at)
        SELECT k.secret_id, ${organizationId}, k.id, 1, k.hash, k.hint, k.created_at
        FROM jsonb_to_recordset(${piece}::jsonb) AS k(id text, secret_id text, hash text, hint text, created_at timestamptz)`;
    },
    { timeoutMs: 60_000 },
  );
}

function* piecesOf<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += PIECE) yield rows.slice(from, from + PIECE);
}
