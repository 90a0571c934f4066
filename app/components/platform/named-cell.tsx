import { Name } from '#app/components/ui/name.tsx';

/** What people call it, and below what machines do. */
export function NamedCell({ name, code }: { name: string; code: string }) {
  return (
    <span className="block min-w-0">
      <Name isLine className="font-medium">
        {name}
      </Name>
      <code dir="ltr" className="block truncate text-start text-muted text-xs rtl:text-right">
        {code}
      </code>
    </span>
  );
}
