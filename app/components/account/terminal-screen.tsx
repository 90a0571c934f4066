import { Form } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Page } from '#app/components/shell/page.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Select } from '#app/components/ui/select.tsx';
import { TextField } from '#app/components/ui/text-field.tsx';
import { TERMINAL_PURPOSES } from '#app/domain/access/account.ts';
import { type Refusal, refusalText } from './refusal-text.ts';

interface TerminalScreenProps {
  isConfirmed: boolean;
  refusal: Refusal | undefined;
}

/** Asks for the code that a command line shows, and what it is for: whoever confirms has to say it. */
export function TerminalScreen({ isConfirmed, refusal }: TerminalScreenProps) {
  const { t } = useTranslation('account');
  const refused = refusalText(t, refusal);
  const choices = [
    { value: '', label: t('terminal.choose') },
    ...TERMINAL_PURPOSES.map((value) => ({ value, label: t(`terminal.${value}`) })),
  ];
  return (
    <Page title={t('terminal.title')}>
      <div className="mx-auto grid w-full max-w-sm gap-3 px-4 py-10">
        {isConfirmed ? (
          <p role="status">{t('terminal.done')}</p>
        ) : (
          <>
            <p className="text-muted">{t('terminal.help')}</p>
            {refused ? (
              <p role="alert" className="text-danger">
                {refused}
              </p>
            ) : null}
            <Form method="post" action="/terminal" reloadDocument className="grid gap-3">
              <Select label={t('terminal.purpose')} name="purpose" choices={choices} required />
              <TextField
                label={t('terminal.code')}
                description={t('terminal.codeHelp')}
                name="code"
                autoComplete="off"
                dir="ltr"
                maxLength={20}
                required
              />
              <Button type="submit" variant="primary">
                {t('confirm.give')}
              </Button>
            </Form>
          </>
        )}
      </div>
    </Page>
  );
}
