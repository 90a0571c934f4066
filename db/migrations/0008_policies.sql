CREATE TABLE "policy_draft" (
	"id" smallint PRIMARY KEY DEFAULT 1 NOT NULL,
	"revision" integer NOT NULL,
	"clauses" jsonb NOT NULL,
	"saved_at" timestamp with time zone DEFAULT now() NOT NULL,
	"saved_by" uuid,
	CONSTRAINT "policy_draft_one" CHECK ("policy_draft"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "policy_version" (
	"version" integer PRIMARY KEY NOT NULL,
	"clauses" jsonb NOT NULL,
	"published_at" timestamp with time zone DEFAULT now() NOT NULL,
	"published_by" uuid,
	CONSTRAINT "policy_version_counts" CHECK ("policy_version"."version" > 0)
);
