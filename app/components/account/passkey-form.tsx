import { Form } from '@remix-run/react';
import { KeyRound } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { Button } from '#app/components/ui/button.tsx';
import type { PasskeyAsk } from '#app/domain/access/account.ts';
import { askDevice } from './ask-device.ts';
import type { Refusal } from './refusal-text.ts';
import { Refused } from './refused.tsx';

interface PasskeyFormProps {
  /** Where the device's answer goes, as `passkey`. */
  action: string;
  /** What is asked for, as it stands when the button is pressed. */
  ask: () => PasskeyAsk;
  label: string;
  /** Asked before the device is: why it would be for nothing, if so. */
  refuse?: () => Refusal | undefined;
  variant?: 'primary' | 'quiet';
  /** Further fields. */
  children?: ReactNode;
}

/** A button that asks the device for a passkey and posts its answer as a form, on a new page. */
export function PasskeyForm({ action, ask, refuse, label, ...props }: PasskeyFormProps) {
  const { variant = 'quiet', children } = props;
  const form = useRef<HTMLFormElement>(null);
  const answer = useRef<HTMLInputElement>(null);
  const [isPending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const press = async () => {
    const vain = refuse?.();
    setRefusal(vain);
    if (vain) return;
    setPending(true);
    const given = await askDevice(ask());
    if (given.ok && answer.current) {
      answer.current.value = JSON.stringify(given.response);
      form.current?.requestSubmit();
      return;
    }
    setPending(false);
    if (!given.ok) setRefusal(given);
  };
  return (
    <Form ref={form} method="post" action={action} reloadDocument className="grid gap-2">
      {children}
      <input ref={answer} type="hidden" name="passkey" />
      <Button
        variant={variant}
        isPending={isPending}
        icon={<KeyRound aria-hidden size={16} />}
        onPress={() => void press()}
      >
        {label}
      </Button>
      {refusal ? <Refused refusal={refusal} /> : null}
    </Form>
  );
}
