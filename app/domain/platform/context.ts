import type { Answered, DeliveriesPage, EndpointRow, KeysPage } from '#app/domain/platform/view.ts';

/**
 * Keys and webhooks, for whoever may run them; null or `forbidden` for anyone else. Inputs are those
 * of `app/domain/platform/commands.ts`.
 */
export interface PlatformContext {
  keys: {
    list(): Promise<KeysPage | null>;
    /** The secret is answered this once. */
    make(input: unknown): Promise<Answered<{ id: string; secret: string }>>;
    rotate(input: unknown): Promise<Answered<{ id: string; secret: string }>>;
    revoke(input: unknown): Promise<Answered>;
  };
  webhooks: {
    list(): Promise<EndpointRow[] | null>;
    /** @param before id of the delivery to go on from */
    deliveries(endpoint: string, before: string | null): Promise<DeliveriesPage | null>;
    make(input: unknown): Promise<Answered<{ id: string; secret: string }>>;
    change(input: unknown): Promise<Answered<{ secret?: string }>>;
  };
}
