CREATE TABLE "saved_view" (
	"id" uuid PRIMARY KEY NOT NULL,
	"screen" text NOT NULL,
	"operator_id" uuid NOT NULL,
	"name" text NOT NULL,
	"is_team" boolean NOT NULL,
	"search" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "saved_view_operator" ON "saved_view" USING btree ("screen","operator_id");