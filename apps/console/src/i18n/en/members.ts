import {
  BUILT_IN_ROLE_DESCRIPTIONS,
  PERMISSION_DESCRIPTIONS,
} from '@tollgate/identity/permission-description';

export const members = {
  title: 'Members',
  description: 'People of this organization and what they may do.',
  emptyTitle: 'Only you are here',
  emptyText: 'Invite colleagues by e-mail. What they see and may change follows from their role.',
  tabMembers: 'Members',
  tabInvitations: 'Invitations',
  tabRoles: 'Roles',
  search: 'Search by name or address',
  you: 'you',
  teams: 'Teams',
  joined: 'Joined',
  invite: 'Invite',
  inviteTitle: 'Invite someone',
  inviteText: 'They get a link by mail that works for seven days and only for this address.',
  invited: (email: string) => `An invitation went to ${email}`,
  invitedMany: (count: number) => (count === 1 ? '1 invitation was sent' : `${count} invitations were sent`),
  notInvitedNames: (addresses: string) => `Could not be invited: ${addresses}`,
  inviteStopped: (sent: number, left: number) =>
    `Stopped: ${sent === 1 ? '1 invitation was' : `${sent} invitations were`} sent, ${left} ${left === 1 ? 'was' : 'were'} not`,
  notInvited: 'These could not be invited',
  emailHint: 'Several at once: with commas or spaces between them.',
  tooManyAddresses: (most: number) => `At most ${most} addresses at once.`,
  noAddresses: (words: string, count: number) =>
    count === 1
      ? `This is no e-mail address: ${words}`
      : `These are no e-mail addresses (${count}): ${words}`,
  sendInvitation: 'Send invitation',
  emailPlaceholder: 'grace@example.com',
  seatsAdded: (fee: string, free: number) =>
    free === 0
      ? `Every seat of the plan is taken. Who accepts adds one: ${fee} a month, from that day on.`
      : `${free === 1 ? 'One seat' : `${free} seats`} of the plan ${free === 1 ? 'is' : 'are'} free. Who accepts beyond that adds one: ${fee} a month, from that day on.`,
  roleHint: 'You can give away no more than your own role allows.',
  teamHint: 'They join this team when they accept.',
  changeRole: 'Change role',
  changeRoleTitle: (name: string) => `Role of ${name}`,
  changeRoleText: 'It holds from their next request on.',
  roleChanged: (name: string, role: string) => `${name} is ${role} now`,
  secondFactor: 'Second factor',
  hasFactor: 'yes',
  hasNoFactor: 'none',
  endSessions: 'End all sessions',
  endSessionsTitle: (name: string) => `End all sessions of ${name}?`,
  endSessionsText:
    'Every browser that is signed in is signed out at once, with whatever was not saved there. Signing in again stays possible; keys and admin tokens are untouched.',
  sessionsEnded: (name: string, count: number) =>
    count === 1 ? `1 session of ${name} has ended` : `${count} sessions of ${name} have ended`,
  removeFactor: 'Take second factor off',
  removeFactorTitle: (name: string) => `Take the second factor of ${name} off?`,
  removeFactorText:
    'For somebody who has lost it, and their recovery codes. Make sure that it is really them who asks: call them.',
  removeFactorWhat:
    'Passkeys, authenticator app and recovery codes are removed, every session of theirs ends, and a mail tells them. Their password alone signs them in until they add a factor again.',
  factorRemoved: (name: string) => `The second factor of ${name} is off`,
  remove: 'Remove from organization',
  removeShort: 'Remove',
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText: 'They lose access at once, in every open session, and their admin tokens stop working.',
  removeKeys: (count: number) =>
    count === 1
      ? '1 working key is owned by them; it is revoked at once, even if it counts for a team.'
      : `${count} working keys are owned by them; they are revoked at once, those that count for teams included.`,
  removeNoKeys: 'No working key is theirs.',
  removeKeysHint:
    'What uses them is refused. Make a service account the owner of keys of applications first.',
  seeKeys: 'Which keys?',
  removed: (name: string) => `${name} is removed`,
  changeRoleMany: (count: number) =>
    count === 1 ? 'Change the role of one member' : `Change the role of ${count} members`,
  removeMany: (count: number) => (count === 1 ? 'Remove one member?' : `Remove ${count} members?`),
  removeManyText:
    'They lose access at once, in every open session. Their admin tokens stop working, and the keys that they own are revoked, those that count for teams included.',
  leaveText: 'This is you: you lose access at once.',
  noInvitationsTitle: 'No invitations',
  noInvitationsText: 'People you invite are listed here until they accept.',
  state: { open: 'Pending', accepted: 'Accepted', revoked: 'Revoked', expired: 'Expired' },
  expires: 'Expires',
  sent: 'Sent',
  resend: 'Send again',
  resent: (email: string) => `A new invitation went to ${email}; the old link no longer works`,
  revoke: 'Revoke',
  revoked: (email: string) => `The invitation of ${email} is revoked`,
  revokeTitle: (email: string) => `Revoke the invitation of ${email}?`,
  revokeText: 'The link in the mail stops working at once.',
  showClosed: 'Show accepted, revoked and expired',
  rolesText: 'What each role may do. The API enforces it for the console and for tokens alike.',
  newRole: 'New role',
  editRole: 'Edit role',
  copyRole: 'Copy as a new role',
  deleteRole: 'Delete role',
  roleMenu: (role: string) => `Actions for the role ${role}`,
  copyOf: (role: string) => `Copy of ${role}`,
  roleFormText: 'It allows what is ticked and nothing else, no more than your own role does.',
  roleName: 'Name',
  roleNamePlaceholder: 'Auditor',
  roleDescription: 'Description',
  roleDescriptionPlaceholder: 'What people with this role do',
  allowNothing: 'Nothing is ticked: people with this role see no more than their own profile.',
  roleHeld: (count: number) =>
    count === 1
      ? '1 member has this role; a change holds from their next request on.'
      : `${count} members have this role; a change holds from their next request on.`,
  ownRole: 'This is your own role: what you take away, you lose at once.',
  notYours: 'Your own role does not allow it.',
  roleCreated: (role: string) => `The role ${role} is there`,
  roleSaved: (role: string) => `The role ${role} is changed`,
  roleDeleted: (role: string) => `The role ${role} is gone`,
  deleteRoleTitle: (role: string) => `Delete the role ${role}?`,
  deleteRoleUnused: 'Nobody has it, nobody is invited to it, and no alert channel mails it.',
  deleteRoleHeld: (members: number, invitations: number) =>
    `It is the role of ${[
      members > 0 && (members === 1 ? '1 member' : `${members} members`),
      invitations > 0 && (invitations === 1 ? '1 open invitation' : `${invitations} open invitations`),
    ]
      .filter(Boolean)
      .join(' and of ')}. They get another one instead, at once.`,
  deleteRoleMailed: (channels: number) =>
    channels === 1
      ? '1 alert channel mails whoever has it; from then on it mails whoever has the role chosen here.'
      : `${channels} alert channels mail whoever has it; from then on they mail whoever has the role chosen here.`,
  replacement: 'Role instead',
  memberCount: (count: number) => (count === 1 ? '1 member' : `${count} members`),
  nobody: 'nobody',
  allRoles: 'All roles',
  allowedOf: (allowed: number, all: number) => `${allowed} of ${all}`,
  groups: {
    people: 'People and access',
    traffic: 'Traffic',
    money: 'Money',
    notices: 'Alerts and webhooks',
    other: 'Other',
  },
  permissions: PERMISSION_DESCRIPTIONS,
  roleDescriptions: BUILT_IN_ROLE_DESCRIPTIONS,
  allowed: 'allowed',
  notAllowed: 'not allowed',
  custom: 'custom',
  yourRole: 'your role',
  areas: {
    organization: 'Organization',
    teams: 'Teams',
    members: 'Members and invitations',
    roles: 'Roles',
    'service-accounts': 'Service accounts',
    'admin-tokens': 'Admin tokens',
    'provider-credentials': 'Provider credentials',
    models: 'Models',
    keys: 'Keys',
    'rate-limits': 'Rate limits',
    budgets: 'Budgets',
    routes: 'Routes',
    usage: 'Usage',
    requests: 'Requests',
    payloads: 'Payloads',
    prices: 'Prices',
    invoices: 'Invoices',
    billing: 'Billing and payment',
    alerts: 'Alerts',
    webhooks: 'Webhooks',
    audit: 'Audit log',
    sso: 'Single sign-on',
  },
  actions: { read: 'see', write: 'change', 'write-any': 'change everybody’s' },
};
