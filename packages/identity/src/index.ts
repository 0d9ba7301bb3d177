/** People, organizations and what they may do. The public names of this package; everything else is private. */
export {
  requestPasswordReset,
  resendVerification,
  resetPassword,
  verifyEmail,
} from './account-recovery.ts';
export {
  type AccountSecurity,
  getAccountSecurity,
  listSecurityEvents,
  type SecurityEvent,
} from './account-security.ts';
export {
  type Actor,
  assertVerified,
  auditActor,
  type OrganizationActor,
  type PersonActor,
  type TokenActor,
  userIdOf,
} from './actor.ts';
export {
  type AdminToken,
  type AdminTokenInput,
  createAdminToken,
  revokeAdminToken,
} from './admin-token.ts';
export {
  type AuthenticatedPerson,
  type AuthenticatedToken,
  authenticateAdminToken,
  authenticateSession,
  enterOrganization,
  enterOrganizationByToken,
  isPerson,
  type MembershipSummary,
} from './authenticate.ts';
export { type BootstrapInput, type Bootstrapped, bootstrapOrganization } from './bootstrap.ts';
export { findBrowser, rememberBrowser } from './browser-cookie.ts';
export { type ClosedOrganization, closeOrganization } from './close-organization.ts';
export { createRole, deleteRole, lockRole, type RoleInput, updateRole } from './custom-role.ts';
export { type EmailAddress, findEmailAddress, parseEmailAddress } from './email-address.ts';
export {
  cancelEmailChange,
  confirmEmailChange,
  findWaitingEmailChange,
  requestEmailChange,
  undoEmailChange,
} from './email-change.ts';
export { endMembersSessions } from './end-members-sessions.ts';
export { endSessions } from './end-sessions.ts';
export { escapeLike } from './escape-like.ts';
export type { IdentityContext, IdentitySettings, Origin } from './identity-context.ts';
export { IdentityError, type IdentityErrorCode } from './identity-error.ts';
export {
  acceptInvitation,
  createInvitation,
  type FoundInvitation,
  getOpenInvitation,
  type InvitationInput,
  revokeInvitation,
} from './invitation.ts';
export {
  changeMemberRole,
  getMember,
  holdMember,
  listMembers,
  type MemberSummary,
  removeMember,
} from './membership.ts';
export {
  type CreatedOrganization,
  createOrganization,
  type NewOrganization,
  type OrganizationChange,
  updateOrganization,
} from './organization.ts';
export {
  beginPasskeyRegistration,
  finishPasskeyRegistration,
  type PasskeySummary,
  removePasskey,
  renamePasskey,
} from './passkey.ts';
export { beginPasskeyAssertion } from './passkey-assertion.ts';
export { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from './password.ts';
export {
  BUILT_IN_ROLES,
  type BuiltInRole,
  can,
  canGrant,
  isPermission,
  PERMISSIONS,
  type Permission,
  ROLE_PERMISSIONS,
} from './permission.ts';
export { neededFor, PERMISSION_DESCRIPTIONS } from './permission-description.ts';
export { changeProfile } from './profile.ts';
export {
  reauthenticate,
  reauthenticateWithAccount,
  reauthenticateWithProvider,
} from './reauthentication.ts';
export {
  type RemovedSecondFactor,
  removeAnybodysSecondFactor,
  removeMembersSecondFactor,
} from './remove-second-factor.ts';
export {
  countRoleHolders,
  getRole,
  listRoles,
  permissionsOf,
  type RoleHolders,
  type RoleSummary,
  summarizeRole,
} from './role.ts';
export {
  asksForLess,
  assertRecentSignIn,
  renewRecoveryCodes,
  SECOND_FACTOR_POLICIES,
} from './second-factor.ts';
export { finishSecondStep, getSecondStep, type SecondStep } from './second-step.ts';
export {
  clearSecondStepCookie,
  readSecondStepCookie,
  serializeSecondStepCookie,
} from './second-step-cookie.ts';
export {
  createServiceAccount,
  getServiceAccount,
  type ServiceAccount,
  type ServiceAccountChange,
  type ServiceAccountInput,
  updateServiceAccount,
} from './service-account.ts';
export { listSessions, type NewSession, type SessionRow } from './session.ts';
export {
  clearSessionCookie,
  readSessionCookie,
  serializeSessionCookie,
  sessionCookieName,
} from './session-cookie.ts';
export { changePassword } from './set-password.ts';
export { type SignedIn, type SignInInput, type SignInOutcome, signIn } from './sign-in.ts';
export {
  type AccountSignInInput,
  type SignedInWithAccount,
  signInWithAccount,
} from './sign-in-with-account.ts';
export { signInWithPasskey } from './sign-in-with-passkey.ts';
export { type SignedUp, type SignUpInput, signUp } from './sign-up.ts';
export {
  claimDomain,
  type DomainRow,
  getDomain,
  MAX_DOMAINS,
  removeDomain,
  verifyDomain,
} from './single-sign-on/domain.ts';
export {
  type DomainRecord,
  recordOf,
} from './single-sign-on/domain-name.ts';
export { judgeSingleSignOn, listEnforcedProviders } from './single-sign-on/enforcement.ts';
export {
  deleteIdentityProvider,
  type EnforcementBlocker,
  findEnforcementBlockers,
  findIdentityProvider,
  findSignInWay,
  type IdentityProviderInput,
  type IdentityProviderRow,
  lockIdentityProvider,
  nameProviders,
  openIdentityProvider,
  type SignInProvider,
  saveIdentityProvider,
} from './single-sign-on/identity-provider.ts';
export { dnsLookUp, type LookUpTxt } from './single-sign-on/look-up-txt.ts';
export {
  beginProviderSignIn,
  readProviderCookie,
  serializeProviderCookie,
  spendProviderSignIn,
} from './single-sign-on/pending-provider.ts';
export { type ProvedIdentity, SINGLE_SIGN_ON } from './single-sign-on/proved-identity.ts';
export {
  type SignedInWithProvider,
  signInWithProvider,
} from './single-sign-on/sign-in-with-provider.ts';
export { SLUG } from './slug.ts';
export {
  addTeamMember,
  archiveTeam,
  createTeam,
  getTeam,
  removeTeamMember,
  setTeamLead,
  type Team,
  type TeamInput,
  updateTeam,
} from './team.ts';
export {
  type AttemptCounter,
  type CounterRedis,
  memoryAttemptCounter,
  networkOf,
  redisAttemptCounter,
  type ThrottleRule,
  throttle,
} from './throttle.ts';
export { beginTotp, confirmTotp, removeTotp } from './totp-factor.ts';
