import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { useActionData } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { answerRefused, type FormAnswer, textIn } from '#app/account-answers.server.ts';
import { TerminalScreen } from '#app/components/account/terminal-screen.tsx';

export const handle = { title: (t: TFunction) => t('account:terminal.title') };

const CONFIRM = '/confirm?to=/terminal';

/** Where somebody confirms that it is they who are at the command line. */
export async function loader({ context: { viewer, account } }: LoaderFunctionArgs) {
  if (viewer === null) throw redirect('/sign-in');
  const profile = await account.profile();
  if (profile === null) throw new Response(null, { status: 403 });
  // First, so that nothing that was typed is lost.
  if (!profile.isRecent) throw redirect(CONFIRM);
  return null;
}

/** Takes the code that the command line shows, and what it is for. */
export async function action({ request, context: { account } }: ActionFunctionArgs) {
  const form = await request.formData();
  const answer = await account.confirmTerminal(textIn(form, 'code'), textIn(form, 'purpose'));
  if (answer.ok) return { isConfirmed: true };
  if (answer.reason === 'reauthenticate') return redirect(CONFIRM);
  return answerRefused(answer);
}

export default function Terminal() {
  const answer = useActionData<FormAnswer & { isConfirmed?: true }>();
  return <TerminalScreen isConfirmed={answer?.isConfirmed ?? false} refusal={answer?.refusal} />;
}
