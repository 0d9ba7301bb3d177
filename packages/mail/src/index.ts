/** Mail: templates, the queue in the database, delivery. The public names of this package. */
export {
  type DeliverOptions,
  type DeliverResult,
  deliverPendingMail,
  type MailAttachment,
  type MailTransport,
  type OutgoingMail,
  SendingMails,
} from './deliver.ts';
export { escapeHtml } from './escape-html.ts';
export {
  InvalidMailError,
  type MailRequest,
  queueMail,
  queueMailIfValid,
} from './mail-queue.ts';
export {
  MAIL_LOCALES,
  type MailLocale,
  type MailText,
  type MailTone,
  toMailLocale,
} from './mail-text.ts';
export { openSmtpTransport, type SmtpOptions } from './smtp-transport.ts';
export {
  type MailData,
  type MailTemplate,
  type RenderedMail,
  renderMail,
} from './template.ts';
