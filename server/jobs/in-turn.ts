/**
 * Does the same for each item, one after the other; what fails for one does not stop the others.
 * @throws the first error, when all have had their turn
 */
export async function inTurn<Item>(
  items: Iterable<Item>,
  run: (item: Item) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  for (const item of items) {
    await run(item).catch((error) => errors.push(error));
  }
  if (errors.length > 0) throw errors[0];
}
