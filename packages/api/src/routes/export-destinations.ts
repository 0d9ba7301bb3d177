/** Buckets that exports go to, and what was brought there. Rules live in packages/billing; the worker brings. */
import { z } from '@hono/zod-openapi';
import {
  auditDestinationTest,
  BillingError,
  BUCKET_NAME,
  createDestination,
  DELIVERY_STATES,
  type ExportDestination as DestinationRecord,
  deliverAgain,
  type ExportsChange,
  getDestination,
  listDeliveries,
  listDestinations,
  lockDestination,
  OBJECT_PREFIX,
  REGION_NAME,
  removeDestination,
  testDestination,
  updateDestination,
} from '@tollgate/billing';
import { auditActor } from '@tollgate/identity';
import { TestOutcome } from '../alerts/present-alert.ts';
import { definedOnly, id, idParam, iso, name, text, timestamp } from '../framework/field.ts';
import { refusal } from '../framework/field-errors.ts';
import { assertIfMatch, setEtag } from '../framework/if-match.ts';
import { pageOf, pageShape } from '../framework/pagination.ts';
import { invalidField } from '../framework/problem.ts';
import { type AnyRoute, type OrganizationCall, route } from '../framework/route.ts';
import { parseBaseUrl } from '../provider-credentials/base-url.ts';
import { billingAnswer } from './billing-answer.ts';

const fields = {
  name,
  /** Of another storage than Amazon S3; else empty. */
  endpoint: z.string().max(2_048),
  region: text(64).refine(
    (value) => REGION_NAME.test(value),
    refusal('must be the name of a region', 'invalid'),
  ),
  bucket: text(63).refine(
    (value) => value.length >= 3 && BUCKET_NAME.test(value),
    refusal('must be the name of a bucket', 'invalid'),
  ),
  prefix: text(200)
    .transform((value) => (value === '' || value.endsWith('/') ? value : `${value}/`))
    .refine(
      (value) => OBJECT_PREFIX.test(value),
      refusal('must be letters, digits and . _ = -, parted by /', 'invalid'),
    ),
  pathStyle: z.boolean(),
  accessKeyId: text(256).refine((value) => value.length > 0, refusal('must not be empty', 'required')),
  secretAccessKey: z.string().min(1).max(1_024),
};

export const ExportDestination = z
  .object({
    id,
    name: z.string(),
    /** Empty: Amazon S3 of the region. */
    endpoint: z.string(),
    region: z.string(),
    bucket: z.string(),
    /** Before every object’s name; ends with a slash or is empty. */
    prefix: z.string(),
    /** The bucket stands in the path, not in the host’s name. */
    pathStyle: z.boolean(),
    /** Whose the access is; the secret is never returned. */
    accessKeyId: z.string(),
    version: z.int(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('ExportDestination');

export const ExportDelivery = z
  .object({
    id,
    exportId: id,
    scheduleId: id,
    scheduleName: z.string(),
    destinationId: id,
    destinationName: z.string(),
    bucket: z.string(),
    /** Never changes: what is brought again overwrites it with the same bytes. */
    objectKey: z.string(),
    /** `making`: there is no file yet. */
    state: z.enum(DELIVERY_STATES),
    tries: z.int(),
    bytes: z.string(),
    sha256: z.string(),
    /** Of the last try; empty when it went well. */
    lastError: z.string(),
    nextTryAt: timestamp.nullable(),
    deliveredAt: timestamp.nullable(),
    createdAt: timestamp,
    canRepeat: z.boolean(),
  })
  .openapi('ExportDelivery');

/** What is sent elsewhere takes the permission to read it. */
const changing = { access: 'billing:write', alsoNeeds: ['requests:read'] } as const;
const tag = 'exports';

export const exportDestinationRoutes: readonly AnyRoute[] = [
  route({
    method: 'get',
    path: '/export-destinations',
    tag,
    summary: 'Buckets that exports can go to',
    access: 'requests:read',
    response: z.object({ data: z.array(ExportDestination), nextCursor: z.null() }),
    run: async ({ tx, organizationId }) => ({
      data: (await listDestinations(tx, organizationId)).map(present),
      nextCursor: null,
    }),
  }),
  route({
    method: 'post',
    path: '/export-destinations',
    tag,
    summary: 'Let exports go to an S3-compatible bucket',
    description: 'The access needs `s3:PutObject` below the prefix, and nothing else.',
    ...changing,
    idempotent: true,
    body: z.strictObject({
      ...fields,
      endpoint: fields.endpoint.default(''),
      prefix: fields.prefix.default(''),
      pathStyle: fields.pathStyle.default(false),
    }),
    response: ExportDestination,
    run: (call) =>
      destinationAnswer(async () => {
        const { context, body } = call;
        const endpoint = checkedEndpoint(body.endpoint, context.settings.allowedPrivateOrigins);
        return present(
          await createDestination(changeOf(call), context.encryptionKeys, { ...body, endpoint }),
        );
      }),
  }),
  route({
    method: 'get',
    path: '/export-destinations/{id}',
    tag,
    summary: 'One bucket',
    access: 'requests:read',
    params: idParam,
    response: ExportDestination,
    run: ({ tx, organizationId, params, headers }) =>
      billingAnswer(async () => {
        const row = await getDestination(tx, { organizationId, id: params.id });
        setEtag(headers, row.version);
        return present(row);
      }),
  }),
  route({
    method: 'patch',
    path: '/export-destinations/{id}',
    tag,
    summary: 'Change a bucket; another place or another access key needs the secret again',
    ...changing,
    params: idParam,
    body: z.strictObject({
      name: fields.name.exactOptional(),
      endpoint: fields.endpoint.exactOptional(),
      region: fields.region.exactOptional(),
      bucket: fields.bucket.exactOptional(),
      prefix: fields.prefix.exactOptional(),
      pathStyle: fields.pathStyle.exactOptional(),
      accessKeyId: fields.accessKeyId.exactOptional(),
      secretAccessKey: fields.secretAccessKey.exactOptional(),
    }),
    response: ExportDestination,
    run: (call) =>
      destinationAnswer(async () => {
        const { context, tx, organizationId, params, body, request, headers } = call;
        const before = await lockDestination(tx, { organizationId, id: params.id });
        assertIfMatch(request, before.version);
        const checked =
          body.endpoint === undefined
            ? {}
            : { endpoint: checkedEndpoint(body.endpoint, context.settings.allowedPrivateOrigins) };
        const change = { ...definedOnly(body), ...checked };
        const row = await updateDestination(changeOf(call), context.encryptionKeys, before, change);
        setEtag(headers, row.version);
        return present(row);
      }),
  }),
  route({
    method: 'delete',
    path: '/export-destinations/{id}',
    tag,
    summary: 'Bring nothing there any more: its schedules end, and the secret is forgotten',
    ...changing,
    params: idParam,
    run: (call) =>
      billingAnswer(async () => {
        const { tx, organizationId, params, request } = call;
        const before = await lockDestination(tx, { organizationId, id: params.id });
        assertIfMatch(request, before.version);
        await removeDestination(changeOf(call), before);
        return undefined;
      }),
  }),
  route({
    method: 'post',
    path: '/export-destinations/{id}/test',
    tag,
    summary: 'Write a small object there now, and say what came back',
    description: 'Always the same one, `tollgate-connection-test.txt` below the prefix.',
    ...changing,
    params: idParam,
    body: z.strictObject({}),
    response: TestOutcome,
    status: 200,
    detached: true,
    throttle: { limit: 60, windowSeconds: 3_600 },
    run: (call) =>
      billingAnswer(async () => {
        const { context, organizationId, params, nowMs } = call;
        const scope = { organizationId, id: params.id };
        const destination = await call.tenant((tx) => getDestination(tx, scope));
        const result = await testDestination(destination, {
          ring: context.encryptionKeys,
          allowedPrivateOrigins: context.settings.allowedPrivateOrigins,
          now: new Date(nowMs),
        });
        await call.tenant((tx) => auditDestinationTest(changeOf({ ...call, tx }), destination, result));
        return { ok: result.ok, status: result.status, detail: result.error, tookMs: result.tookMs };
      }),
  }),
  route({
    method: 'get',
    path: '/export-deliveries',
    tag,
    summary: 'What was brought to buckets, newest first',
    access: 'requests:read',
    query: z.strictObject({
      ...pageShape,
      scheduleId: id.exactOptional(),
      destinationId: id.exactOptional(),
      state: z.enum(DELIVERY_STATES).exactOptional(),
    }),
    response: pageOf(ExportDelivery),
    run: ({ tx, organizationId, query }) =>
      billingAnswer(async () => {
        const page = await listDeliveries(tx, { organizationId, ...query });
        return { data: [...page.data], nextCursor: page.nextCursor };
      }),
  }),
  route({
    method: 'post',
    path: '/export-deliveries/{id}/repeat',
    tag,
    summary: 'Bring it once more, or try now what waits: the same file under the same name',
    ...changing,
    params: idParam,
    body: z.strictObject({}),
    response: ExportDelivery,
    status: 202,
    run: (call) => billingAnswer(() => deliverAgain(changeOf(call), call.params.id)),
  }),
];

type ChangingCall = Pick<
  OrganizationCall<unknown, unknown, unknown>,
  'tx' | 'organizationId' | 'actor' | 'origin' | 'nowMs'
>;

function changeOf({ tx, organizationId, actor, origin, nowMs }: ChangingCall): ExportsChange {
  return { tx, organizationId, actor: auditActor(actor.actor), origin, now: new Date(nowMs) };
}

/** @throws {ApiProblem} */
function checkedEndpoint(endpoint: string, allowedPrivateOrigins: readonly string[]): string {
  return endpoint.trim() === '' ? '' : parseBaseUrl(endpoint.trim(), allowedPrivateOrigins, 'body.endpoint');
}

/** What a field of the form is at fault for is told at the field. */
function destinationAnswer<T>(run: () => Promise<T>): Promise<T> {
  return billingAnswer(async () => {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof BillingError)) throw error;
      if (error.code === 'secret-needed') {
        throw invalidField('body.secretAccessKey', error.message, 'secret_needed');
      }
      if (error.code === 'place-taken') throw invalidField('body.bucket', error.message, 'taken');
      throw error;
    }
  });
}

function present(row: DestinationRecord) {
  const { id: rowId, name: rowName, endpoint, region, bucket, prefix, pathStyle, accessKeyId, version } = row;
  const times = { createdAt: iso(row.createdAt), updatedAt: iso(row.updatedAt) };
  return {
    id: rowId,
    name: rowName,
    endpoint,
    region,
    bucket,
    prefix,
    pathStyle,
    accessKeyId,
    version,
    ...times,
  };
}
