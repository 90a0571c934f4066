CREATE TABLE "role_notice" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"admin_id" uuid NOT NULL,
	"operator_id" uuid NOT NULL,
	"by_id" uuid,
	"change" text NOT NULL,
	"roles" text[] NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "role_notice_unseen" ON "role_notice" USING btree ("admin_id","at") WHERE seen_at is null;