'use client';
/** From nothing to a first answer in three steps, each of which can be skipped. The step is in the address. */
import type { KeyWithSecret } from '@tollgate/api';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useMessages } from '../../i18n/i18n-provider.tsx';
import { useGo } from '../common/leaving.ts';
import { UnsavedChanges } from '../common/unsaved-changes.tsx';
import { KeyStep } from './key-step.tsx';
import { OrganizationStep } from './organization-step.tsx';
import { ProviderStep } from './provider-step.tsx';
import { type Step, Steps, toStep } from './steps.tsx';

export function OnboardingScreen() {
  const text = useMessages('onboarding');
  const go = useGo();
  const step = toStep(useSearchParams().get('step'));
  const [model, setModel] = useState<string>();
  const [created, setCreated] = useState<KeyWithSecret>();
  const [copied, setCopied] = useState(false);
  const goTo = (next: Step) => go(`/onboarding?step=${next}`);
  return (
    <>
      <Steps current={step} label={text.title} names={text.steps} onSelect={goTo} />
      {step === 'organization' && <OrganizationStep onDone={() => goTo('provider')} />}
      {step === 'provider' && (
        <ProviderStep
          onDone={(chosen) => {
            setModel(chosen);
            goTo('key');
          }}
        />
      )}
      {step === 'key' && (
        <KeyStep
          model={model}
          created={created}
          onCreated={setCreated}
          onCopied={() => setCopied(true)}
          onSkip={() => go('/')}
        />
      )}
      {/* Its secret is shown this once. */}
      <UnsavedChanges unsaved={created !== undefined && !copied} />
    </>
  );
}
