/** Makes each item's value some steps ahead of its use, in order; the first error is thrown in turn. */
export async function* readAhead<Item, Value>(
  items: Iterable<Item>,
  ahead: number,
  make: (item: Item) => Promise<Value>,
): AsyncGenerator<{ item: Item; value: Value }> {
  const waiting: { item: Item; value: Promise<Value> }[] = [];
  for (const item of items) {
    const value = make(item);
    // It is looked at in its turn; until then a failure must not count as unhandled.
    value.catch(() => {});
    waiting.push({ item, value });
    if (waiting.length > ahead) yield settled(waiting.shift() as (typeof waiting)[0]);
  }
  for (const each of waiting) yield settled(each);
}

async function settled<Item, Value>({ item, value }: { item: Item; value: Promise<Value> }) {
  return { item, value: await value };
}
