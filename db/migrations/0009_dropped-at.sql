DROP INDEX "participant_dropped";--> statement-breakpoint
ALTER TABLE "participant" ADD COLUMN "dropped_at" timestamp with time zone GENERATED ALWAYS AS (case when presence = 'dropped' then left_at end) STORED;--> statement-breakpoint
CREATE INDEX "participant_dropped" ON "participant" USING btree ("dropped_at") WHERE dropped_at is not null;