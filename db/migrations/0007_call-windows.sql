CREATE TABLE "call_window" (
	"key_id" text NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"taken" integer NOT NULL,
	CONSTRAINT "call_window_key_id_minute_pk" PRIMARY KEY("key_id","minute")
);
--> statement-breakpoint
DROP INDEX "webhook_delivery_due";--> statement-breakpoint
CREATE INDEX "webhook_delivery_waiting" ON "webhook_delivery" USING btree ("endpoint_id","next_attempt_at") WHERE state = 'pending';