import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from '@remix-run/node';
import { Form, useActionData, useLoaderData, useNavigation } from '@remix-run/react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { Button } from '#app/components/ui/button.tsx';

export const handle = { title: (t: TFunction) => t('sign-in:title') };

/** The link's token goes back to the form only: opening the link alone uses nothing up. */
export function loader({ request }: LoaderFunctionArgs) {
  return { token: new URL(request.url).searchParams.get('token') };
}

/** Redeems the link and goes to where its holder begins. */
export async function action({ request, context }: ActionFunctionArgs) {
  const token = (await request.formData()).get('token');
  const signedIn = typeof token === 'string' ? await context.session.signIn(token) : null;
  if (signedIn === null) return Response.json({ refused: true }, { status: 403 });
  return redirect(signedIn.landing, { headers: { 'Set-Cookie': signedIn.cookie } });
}

export default function SignIn() {
  const { token } = useLoaderData<typeof loader>();
  const answer = useActionData<{ refused: true }>();
  const { t } = useTranslation('sign-in');
  const isPending = useNavigation().state !== 'idle';
  const usable = token !== null && !answer?.refused;
  return (
    <main id="content" tabIndex={-1} className="grid min-h-dvh content-center outline-none">
      <div className="mx-auto grid w-full max-w-sm justify-items-center gap-3 px-4 text-center">
        <img src="/icon.svg" alt="" width={56} height={56} />
        <h1 className="font-semibold text-lg">{t('title')}</h1>
        <p className="text-muted text-sm" role={answer?.refused ? 'alert' : undefined}>
          {t(answer?.refused ? 'refused' : usable ? 'help' : 'noLink')}
        </p>
        {usable ? (
          <Form method="post" action="/sign-in" replace>
            <input type="hidden" name="token" value={token} />
            <Button type="submit" variant="primary" isPending={isPending}>
              {t('enter')}
            </Button>
          </Form>
        ) : null}
      </div>
    </main>
  );
}
