import type { ActionFunctionArgs } from '@remix-run/node';
import { readQuery } from '#app/components/audit/audit-query.ts';

const TYPE = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const;

/** Answers a form with a file of all that its filters find, as it is read. */
export async function action({ request, context: { audit } }: ActionFunctionArgs) {
  const form = await request.formData();
  const search = form.get('search');
  const {
    before: _,
    after: __,
    ...query
  } = readQuery(new URLSearchParams(typeof search === 'string' ? search : ''));
  const format = form.get('format') === 'csv' ? 'csv' : 'ndjson';
  const answer = await audit.export({
    format,
    query,
    purpose: form.get('purpose'),
    why: form.get('why'),
  });
  if (!answer.ok) {
    const status = answer.reason === 'forbidden' ? 403 : 400;
    return new Response(`The export was refused: ${answer.reason}.\n`, {
      status,
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    });
  }
  const name = `rostrum-log-${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}.${format}`;
  return new Response(answer.bytes, {
    headers: {
      'Content-Type': TYPE[format],
      'Content-Disposition': `attachment; filename="${name}"`,
      'X-Content-Type-Options': 'nosniff',
    },
  });
}
