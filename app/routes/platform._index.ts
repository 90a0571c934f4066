import { redirect } from '@remix-run/node';

/** Keys come first. */
export function loader() {
  return redirect('/platform/keys');
}
