/** Alerts, channels and webhooks. The public names of this package. */
export {
  ALERT_KINDS,
  type AlertKind,
  isAlertKind,
  READ_PERMISSION_OF,
  RuleSettings,
  readSettings,
  SEVERITIES,
} from './alert-kinds.ts';
export { type AlertsChange, AlertsInputError } from './change.ts';
export {
  type ChannelRecord,
  createChannel,
  deleteChannel,
  updateChannel,
} from './channels/channel-store.ts';
export { deliverAlerts, postSlack } from './channels/deliver.ts';
export { listRecipients, Recipients, readRecipients } from './channels/recipients.ts';
export { countRoleChannels, lockRoleChannels, readdressChannels } from './channels/role-channels.ts';
export { slackTest } from './channels/slack.ts';
export { evaluateAlerts } from './evaluate.ts';
export { listTellableMembers } from './notices/audience.ts';
export {
  NOTICE_DAYS,
  NOTICE_KINDS,
  type NoticeChoice,
  type NoticeKind,
  USUAL_CHOICE,
} from './notices/notice-kinds.ts';
export { type TellOptions, tellPeople } from './notices/tell-people.ts';
export type { NotifySettings } from './notify-settings.ts';
export { ensurePresets } from './rules/presets.ts';
export {
  createRule,
  deleteRule,
  type RuleRecord,
  updateRule,
} from './rules/rule-store.ts';
export { testMail } from './text/alert-mail.ts';
export { describeAlert, targetPath } from './text/alert-text.ts';
export { deliverWebhooks, sendWebhook } from './webhooks/deliver.ts';
export {
  createEndpoint,
  createTestDelivery,
  deleteEndpoint,
  type EndpointRecord,
  replayDelivery,
  rotateEndpointSecret,
  updateEndpoint,
} from './webhooks/endpoint-store.ts';
export { WEBHOOK_DATA } from './webhooks/event-schemas.ts';
export {
  SUBSCRIBABLE_EVENTS,
  WEBHOOK_EVENT_TYPES,
  WEBHOOK_EVENTS,
} from './webhooks/event-types.ts';
export { SIGNATURE_HEADER, verifyWebhook } from './webhooks/signature.ts';
