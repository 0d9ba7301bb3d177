import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyWebhook } from '@tollgate/alerts';
import { newId } from '@tollgate/ids';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi, type TestPerson } from './test-api.ts';

let test: TestApi;
let owner: TestPerson;
let viewer: TestPerson;
let finance: TestPerson;
let receiver: Server;
let receiverUrl: string;
const received: { readonly body: string; readonly signature: string }[] = [];

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      received.push({ body, signature: String(request.headers['tollgate-signature']) });
      response.writeHead(request.url === '/broken' ? 500 : 200).end('said');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  test = await startTestApi({ allowedPrivateOrigins: [receiverUrl] });
  owner = await test.signUp('owner@example.com', 'Acme');
  viewer = await test.join(owner, 'viewer@example.com', 'viewer');
  finance = await test.join(owner, 'finance@example.com', 'finance');
});
afterAll(async () => {
  await test?.close();
  receiver?.close();
});

describe('alert rules', () => {
  it('are there in a new organization, and tell owners and finance by mail', async () => {
    const rules = (await owner.call('GET', '/alert-rules')).body.data;
    const [channel] = (await owner.call('GET', '/notification-channels')).body.data;
    expect(channel).toMatchObject({
      kind: 'email',
      preset: true,
      recipients: { roles: ['owner', 'finance'] },
    });
    expect(rules).toHaveLength(13);
    for (const rule of rules) expect(rule).toMatchObject({ preset: true, channelIds: [channel.id] });
    await Promise.all([owner.call('GET', '/alert-rules'), owner.call('GET', '/alert-rules')]);
    expect((await owner.call('GET', '/alert-rules')).body.data).toHaveLength(13);
  });

  it('that came with the organization can be switched off, not deleted', async () => {
    const [rule] = (await owner.call('GET', '/alert-rules')).body.data;
    expect((await owner.call('DELETE', `/alert-rules/${rule.id}`)).status).toBe(409);
    const off = await owner.call(
      'PATCH',
      `/alert-rules/${rule.id}`,
      { enabled: false },
      { 'if-match': `"${rule.version}"` },
    );
    expect(off.body).toMatchObject({ enabled: false, version: rule.version + 1 });
    const stale = await owner.call(
      'PATCH',
      `/alert-rules/${rule.id}`,
      { enabled: true },
      { 'if-match': `"${rule.version}"` },
    );
    expect(stale.status).toBe(412);
  });

  it.each([
    [
      'a setting of another kind',
      { kind: 'unknown-price', settings: { daysBefore: 3 } },
      'body.settings.daysBefore',
    ],
    ['a team that is not there', { kind: 'budget-threshold', teamId: 'team_x' }, 'body.teamId'],
    ['a team for what belongs to none', { kind: 'credits-low', teamId: 'team_x' }, 'body.teamId'],
    ['a channel that is not there', { kind: 'budget-threshold', channelIds: ['chan_x'] }, 'body.channelIds'],
    [
      'a share of nothing',
      { kind: 'budget-threshold', settings: { thresholds: [0] } },
      'body.settings.thresholds.0',
    ],
  ])('refuse %s', async (_, body, path) => {
    const answer = await owner.call('POST', '/alert-rules', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].path).toBe(path);
  });

  it('[X3] are finance’s to change and everybody’s to read; endpoints are neither', async () => {
    expect((await finance.call('POST', '/alert-rules', { kind: 'budget-threshold' })).status).toBe(201);
    expect((await viewer.call('POST', '/alert-rules', { kind: 'budget-threshold' })).status).toBe(403);
    expect((await viewer.call('GET', '/alert-rules')).status).toBe(200);
    expect((await finance.call('GET', '/webhook-endpoints')).status).toBe(403);
  });

  it('leave their audit event', async () => {
    const { data } = (await owner.call('GET', '/audit-events')).body;
    expect(data.map(({ action }: { action: string }) => action)).toContain('alert-rule-created');
  });
});

describe('alerts', () => {
  it('of invoices are shown to those who may see invoices', async () => {
    const worker = test.openAs('worker', 'seed');
    const id = newId('alert', test.clock.nowMs());
    await worker.tenant(owner.organizationId, (tx) =>
      tx.alert.create({
        data: {
          id,
          organizationId: owner.organizationId,
          ruleId: 'r',
          kind: 'invoice-failed',
          causeKey: 'inv_1',
          periodKey: '',
          severity: 'critical',
          state: 'firing',
          figures: { totalUsd: '1234.56', number: 'INV-7' },
          firedAt: test.clock.now(),
        },
        select: { id: true },
      }),
    );
    await worker.close();
    expect((await viewer.call('GET', '/alerts')).body.data).toEqual([]);
    expect((await viewer.call('GET', '/alerts/summary')).body.firing).toBe(0);
    expect((await viewer.call('GET', `/alerts/${id}`)).status).toBe(404);
    const seen = await finance.call('GET', '/alerts?locale=de');
    expect(seen.body.data[0]).toMatchObject({ title: 'Die Zahlung der Rechnung INV-7 ist fehlgeschlagen' });
    const acknowledged = await finance.call('POST', `/alerts/${id}/acknowledge`, {});
    expect(acknowledged.body).toMatchObject({ state: 'acknowledged' });
    expect((await finance.call('POST', `/alerts/${id}/acknowledge`, {})).status).toBe(200);
  });
});

describe('notification channels', () => {
  it('[X2] take a Slack URL in and never give it out', async () => {
    const url = `${receiverUrl}/services/very-secret-part`;
    const made = await owner.call('POST', '/notification-channels', { kind: 'slack', name: 'Ops', url });
    expect(made.status, made.text).toBe(201);
    expect(made.text).not.toContain('very-secret');
    expect(made.body.urlHint).toMatch(/\/…part$/);
    const tested = await owner.call('POST', `/notification-channels/${made.body.id}/test`, {});
    expect(tested.body).toMatchObject({ ok: true, status: 200 });
    expect(JSON.parse(received.at(-1)!.body).blocks).toHaveLength(1);
    expect(test.logLines.join('\n')).not.toContain('very-secret');
  });

  it('[X4] refuse private addresses when they are saved', async () => {
    for (const url of [
      'https://127.0.0.1/x',
      'https://[::1]/',
      'http://example.com/',
      'https://a.internal/x',
      'https://u:p@example.com/',
    ]) {
      const answer = await owner.call('POST', '/notification-channels', { kind: 'slack', name: 'Ops', url });
      expect(answer.status, url).toBe(400);
      const endpoint = await owner.call('POST', '/webhook-endpoints', { url, events: ['*'] });
      expect(endpoint.body.errors[0].path, url).toBe('body.url');
    }
  });

  it('send a test mail to everybody they name', async () => {
    // Ids of one millisecond have no order.
    const { body } = await owner.call('GET', '/notification-channels');
    const preset = body.data.find((each: { kind: string }) => each.kind === 'email');
    const tested = await owner.call('POST', `/notification-channels/${preset.id}/test`, {});
    expect(tested.body).toMatchObject({ ok: true, detail: '2' });
  });

  it('tell those who have a role of the organization’s own, and refuse a role that is none', async () => {
    const role = await owner.call('POST', '/roles', { name: 'Auditor', permissions: ['usage:read'] });
    expect(role.status, role.text).toBe(201);
    const body = { kind: 'email', name: 'Auditors', recipients: { roles: [role.body.id] } };
    const made = await owner.call('POST', '/notification-channels', body);
    expect(made.status, made.text).toBe(201);
    const send = () => owner.call('POST', `/notification-channels/${made.body.id}/test`, {});
    expect((await send()).body).toMatchObject({ ok: false, detail: '0' });
    const auditor = await test.join(owner, 'auditor@example.com', 'viewer');
    const { data } = (await owner.call('GET', '/members?limit=50')).body;
    const member = data.find(({ userId }: { userId: string }) => userId === auditor.userId);
    const changed = await owner.call('PATCH', `/members/${member.id}`, { role: role.body.id });
    expect(changed.status, changed.text).toBe(200);
    expect((await send()).body).toMatchObject({ ok: true, detail: '1' });
    const wrong = { ...body, recipients: { roles: ['role_of_nobody'] } };
    const refused = await owner.call('POST', '/notification-channels', wrong);
    expect(refused.body.errors).toMatchObject([{ path: 'body.recipients.roles', code: 'unknown_reference' }]);
  });

  it('need somebody to tell, and both ends of quiet hours', async () => {
    const nobody = await owner.call('POST', '/notification-channels', { kind: 'email', name: 'None' });
    expect(nobody.body.errors[0].path).toBe('body.recipients');
    const half = { kind: 'email', name: 'Half', recipients: { roles: ['owner'] }, quietFromMinute: 60 };
    expect((await owner.call('POST', '/notification-channels', half)).status).toBe(400);
  });
});

describe('webhook endpoints', () => {
  it('show their secret once, sign with it, and log what came back', async () => {
    const made = await owner.call('POST', '/webhook-endpoints', {
      url: `${receiverUrl}/hook?a=1`,
      events: ['*'],
    });
    expect(made.status, made.text).toBe(201);
    const { endpoint, secret } = made.body;
    const tested = await owner.call('POST', `/webhook-endpoints/${endpoint.id}/test`, {});
    expect(tested.body).toMatchObject({ ok: true, status: 200 });
    const { body, signature } = received.at(-1)!;
    expect(verifyWebhook(secret, signature, body, test.clock.nowMs())).toBe(true);
    expect(JSON.parse(body)).toMatchObject({ type: 'test.ping', organizationId: owner.organizationId });
    const log = await owner.call('GET', `/webhook-endpoints/${endpoint.id}/deliveries`);
    expect(log.body.data).toMatchObject([
      { state: 'delivered', responseStatus: 200, responseExcerpt: 'said', tries: 1 },
    ]);
    const list = await owner.call('GET', '/webhook-endpoints');
    expect(list.text + log.text).not.toContain(secret);
    const rotated = await owner.call('POST', `/webhook-endpoints/${endpoint.id}/rotate-secret`, {});
    expect(rotated.body.secret).not.toBe(secret);
    await owner.call('POST', `/webhook-endpoints/${endpoint.id}/test`, {});
    const last = received.at(-1)!;
    for (const each of [secret, rotated.body.secret]) {
      expect(verifyWebhook(each, last.signature, last.body, test.clock.nowMs())).toBe(true);
    }
  });

  it('say at once what went wrong, and can be sent again', async () => {
    const made = await owner.call('POST', '/webhook-endpoints', {
      url: `${receiverUrl}/broken`,
      events: ['key.created'],
    });
    const { id } = made.body.endpoint;
    const tested = await owner.call('POST', `/webhook-endpoints/${id}/test`, {});
    expect(tested.body).toMatchObject({ ok: false, status: 500, detail: 'It answered 500' });
    const [delivery] = (await owner.call('GET', `/webhook-endpoints/${id}/deliveries`)).body.data;
    expect(delivery.state).toBe('dead');
    const again = await owner.call('POST', `/webhook-endpoints/${id}/deliveries/${delivery.id}/replay`, {});
    expect(again.status).toBe(202);
    const [after] = (await owner.call('GET', `/webhook-endpoints/${id}/deliveries`)).body.data;
    expect(after).toMatchObject({ state: 'waiting', tries: 0, eventId: delivery.eventId });
  });

  it('[X1] are nobody’s from outside, their deliveries neither', async () => {
    const stranger = await test.signUp('stranger@example.com', 'Other');
    const [endpoint] = (await owner.call('GET', '/webhook-endpoints')).body.data;
    const [delivery] = (await owner.call('GET', `/webhook-endpoints/${endpoint.id}/deliveries`)).body.data;
    const own = await stranger.call('POST', '/webhook-endpoints', {
      url: `${receiverUrl}/other`,
      events: ['*'],
    });
    const path = `/webhook-endpoints/${own.body.endpoint.id}/deliveries/${delivery.id}/replay`;
    expect((await stranger.call('POST', path, {})).status).toBe(404);
  });

  it('are described, with every event and how it is signed', async () => {
    const { body } = await test.anonymous('GET', '/openapi.json');
    expect(Object.keys(body.webhooks)).toEqual(
      expect.arrayContaining(['key.revoked', 'invoice.finalized', 'alert.fired']),
    );
    expect(JSON.stringify(body.webhooks['key.revoked'])).toContain('HMAC-SHA-256');
    const [schema] = Object.values(body.webhooks['budget.exceeded'].post.requestBody.content).map(
      (content) => (content as { schema: unknown }).schema,
    );
    expect(JSON.stringify(schema)).toContain('"limitUsd"');
  });
});
