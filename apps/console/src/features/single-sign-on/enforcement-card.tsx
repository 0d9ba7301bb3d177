'use client';
/** Whether the identity provider is the only way in: whom that is about, who is exempt, and what stands in its way. */
import { Badge, Button, Callout, Card } from '@tollgate/ui';
import { CircleCheck, CircleDashed } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { OAuthProblem } from '../auth/oauth-buttons.tsx';
import { SingleSignOnButton } from '../auth/single-sign-on-button.tsx';
import { ConfirmAction } from '../common/confirm-action.tsx';
import { useUrlState } from '../common/use-url-state.ts';
import { usePermission } from '../signed-in/use-permission.ts';
import {
  type Domain,
  enforcing,
  type IdentityProvider,
  type SingleSignOn,
  useSaveProvider,
} from './single-sign-on-api.ts';
import { useSingleSignOnText } from './use-single-sign-on-text.ts';

export interface EnforcementCardProps {
  readonly domains: readonly Domain[];
  readonly singleSignOn: SingleSignOn;
}

export function EnforcementCard({ domains, singleSignOn }: EnforcementCardProps) {
  const text = useSingleSignOnText().enforcement;
  const mayWrite = usePermission('sso:write');
  const [asking, setAsking] = useState(false);
  const { identityProvider: provider, enforcement } = singleSignOn;
  const enforced = provider?.enforced === true;
  const isBlocked = provider === null || enforcement.blockers.length > 0;
  return (
    <Card
      title={
        <span className="flex flex-wrap items-center gap-2">
          {text.title}
          {provider !== null && (
            <Badge tone={enforced ? 'positive' : 'neutral'}>{enforced ? text.on : text.off}</Badge>
          )}
        </span>
      }
      description={text.text}
      footer={
        mayWrite &&
        provider !== null &&
        (enforced || !isBlocked) && (
          <Button
            variant={enforced ? 'dangerGhost' : 'primary'}
            className="ml-auto"
            onClick={() => setAsking(true)}
          >
            {enforced ? text.stop : text.start}
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {isBlocked && !enforced && <Blockers provider={provider} singleSignOn={singleSignOn} />}
        <Affected domains={domains} enforcement={enforcement} />
        <Part title={text.exempt}>
          <li>{text.exemptOwners}</li>
          <li>{text.exemptGuests}</li>
          <li>{text.exemptTokens}</li>
        </Part>
      </div>
      {asking && provider !== null && (
        <ChangeEnforcement
          provider={provider}
          affectedCount={enforcement.affectedCount}
          onClose={() => setAsking(false)}
        />
      )}
    </Card>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3 className="text-sm font-medium text-ink">{title}</h3>
      <ul className="mt-1 list-disc pl-4 text-sm text-ink-soft marker:text-ink-faint">{children}</ul>
    </section>
  );
}

interface AffectedProps {
  readonly domains: readonly Domain[];
  readonly enforcement: SingleSignOn['enforcement'];
}

/** Nothing for who may not see members, and while no domain says whom. */
function Affected({ domains, enforcement: { affectedCount, exemptOwnerCount } }: AffectedProps) {
  const text = useSingleSignOnText().enforcement;
  const verified = domains.filter(({ verifiedAt }) => verifiedAt !== null);
  if (verified.length === 0 || affectedCount === null) return null;
  return (
    <Part title={text.affected}>
      {verified.map(({ id, name, memberCount }) => (
        <li key={id} className="wrap-anywhere">
          {text.affectedOf(name, memberCount ?? 0)}
        </li>
      ))}
      {exemptOwnerCount !== null && exemptOwnerCount > 0 && <li>{text.ownersOf(exemptOwnerCount)}</li>}
    </Part>
  );
}

interface BlockersProps {
  readonly provider: IdentityProvider | null;
  readonly singleSignOn: SingleSignOn;
}

function Blockers({ provider, singleSignOn: { enforcement } }: BlockersProps) {
  const text = useSingleSignOnText().enforcement;
  const [problem, setProblem] = useState<string>();
  /** What a try came back with. */
  const returned = useUrlState().get('problem');
  const blocks = (name: (typeof enforcement.blockers)[number]) => enforcement.blockers.includes(name);
  const needs = [
    { text: text.needsDomain, met: !blocks('no_verified_domain') },
    { text: text.needsProvider, met: provider !== null },
    { text: text.needsSignIn, met: provider !== null && !blocks('never_signed_in') },
    ...(blocks('locks_you_out') ? [{ text: text.needsYou, met: false }] : []),
  ];
  // Whoever has no address of a verified domain is led to it by this button alone.
  const isNext = provider !== null && !blocks('no_verified_domain');
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-medium text-ink">{text.blocked}</h3>
      <ul className="flex flex-col gap-1 text-sm">
        {needs.map((need) => (
          <li key={need.text} className="flex items-start gap-2 text-ink-soft">
            {need.met ? (
              <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-positive" />
            ) : (
              <CircleDashed aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-faint" />
            )}
            <span>
              {need.text}
              <span className="sr-only"> ({need.met ? text.met : text.unmet})</span>
            </span>
          </li>
        ))}
      </ul>
      {problem === undefined && returned !== undefined && <OAuthProblem code={returned} />}
      {problem !== undefined && (
        <Callout tone="negative" live>
          {problem}
        </Callout>
      )}
      {isNext && (
        <div>
          <SingleSignOnButton
            way={{ identityProviderId: provider.id, name: provider.name }}
            label={text.trySignIn(provider.name)}
            next="/settings/single-sign-on"
            onProblem={setProblem}
          />
        </div>
      )}
    </section>
  );
}

interface ChangeEnforcementProps {
  readonly provider: IdentityProvider;
  readonly affectedCount: number | null;
  readonly onClose: () => void;
}

function ChangeEnforcement({ provider, affectedCount, onClose }: ChangeEnforcementProps) {
  const text = useSingleSignOnText().enforcement;
  // As it was asked about: it turns while the window closes.
  const [enforce] = useState(!provider.enforced);
  const save = useSaveProvider();
  return (
    <ConfirmAction
      title={enforce ? text.startTitle : text.stopTitle}
      confirmLabel={enforce ? text.start : text.stop}
      {...(enforce && { tone: 'primary' as const })}
      run={() => save.mutateAsync(enforcing(provider, enforce))}
      done={enforce ? text.started : text.stopped}
      onClose={onClose}
    >
      {enforce ? text.startText(affectedCount ?? 0) : text.stopText}
    </ConfirmAction>
  );
}
