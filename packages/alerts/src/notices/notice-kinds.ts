/**
 * What people are told in the console, by kind: what is usual, and what a reader needs to be allowed to know.
 *
 * Not here: alerts themselves, and the channels of an organization. These are one person's, and chosen by that person.
 */
export const NOTICE_KINDS = ['alert', 'invitation', 'key-rotation', 'invoice', 'export', 'security'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

export interface NoticeChoice {
  readonly inApp: boolean;
  readonly mail: boolean;
}

/** Alerts and keys that end are mailed by the organization's channels already. */
export const USUAL_CHOICE: Readonly<Record<NoticeKind, NoticeChoice>> = {
  alert: { inApp: true, mail: false },
  invitation: { inApp: true, mail: false },
  'key-rotation': { inApp: true, mail: false },
  invoice: { inApp: true, mail: false },
  export: { inApp: true, mail: false },
  security: { inApp: true, mail: true },
};

/** How long what was told is kept. */
export const NOTICE_DAYS = 90;
