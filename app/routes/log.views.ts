import type { ActionFunctionArgs } from '@remix-run/node';

const textOf = (value: FormDataEntryValue | null) => (typeof value === 'string' ? value : '');

/** Saves a view of the log, or deletes one's own when its id is sent as `remove`; answers JSON. */
export async function action({ request, context: { audit } }: ActionFunctionArgs) {
  const form = await request.formData();
  const removed = form.get('remove');
  const ok =
    typeof removed === 'string'
      ? await audit.views.remove(removed)
      : await audit.views.save({
          name: textOf(form.get('name')),
          isTeam: form.get('team') !== null,
          search: textOf(form.get('search')),
        });
  return Response.json({ ok });
}
