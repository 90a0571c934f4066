ALTER TABLE "sign_in_limit" ADD COLUMN "noted_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "replaced_by" text;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_replaced" CHECK ("session"."replaced_by" is null or "session"."ended_at" is not null);