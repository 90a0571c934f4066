CREATE TABLE "command" (
	"id" uuid PRIMARY KEY NOT NULL,
	"room_id" text NOT NULL,
	"actor_ref" text NOT NULL,
	"actor_name" text NOT NULL,
	"name" text NOT NULL,
	"member_id" text,
	"input" jsonb NOT NULL,
	"from_seq" integer NOT NULL,
	"to_seq" integer NOT NULL,
	"audit_event_id" uuid NOT NULL,
	"destructive" boolean NOT NULL,
	"undone_by" uuid,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "enforcement" (
	"id" uuid PRIMARY KEY NOT NULL,
	"room_id" text NOT NULL,
	"member_id" text,
	"command_id" uuid,
	"seq" integer NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone NOT NULL,
	"claimed_until" timestamp with time zone,
	"last_error" text,
	"requested_at" timestamp with time zone NOT NULL,
	"delivered_at" timestamp with time zone,
	"observed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "hand_over" (
	"id" uuid PRIMARY KEY NOT NULL,
	"room_id" text NOT NULL,
	"by_ref" text NOT NULL,
	"by_name" text NOT NULL,
	"note" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"acknowledged_by_ref" text,
	"acknowledged_by_name" text,
	"acknowledged_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "cohort_key" (
	"day" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "incident" (
	"id" uuid PRIMARY KEY NOT NULL,
	"room_id" text NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"people" integer NOT NULL,
	"seconds" integer NOT NULL,
	"share" double precision NOT NULL,
	"returned" integer DEFAULT 0 NOT NULL,
	"returned_elsewhere" integer DEFAULT 0 NOT NULL,
	"inviter_id" text
);
--> statement-breakpoint
CREATE TABLE "member" (
	"id" text PRIMARY KEY NOT NULL,
	"ref" uuid DEFAULT gen_random_uuid() NOT NULL,
	"handle" text NOT NULL,
	"name" text NOT NULL,
	"locale" text DEFAULT 'und' NOT NULL,
	"inviter_id" text,
	"joined_platform_at" timestamp with time zone DEFAULT now() NOT NULL,
	"prior_acts" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "member_ref_unique" UNIQUE("ref")
);
--> statement-breakpoint
CREATE TABLE "operator" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"roles" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"disabled_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "session" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"operator_id" uuid,
	"member_id" text,
	"room_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "sign_in_link" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"operator_id" uuid,
	"member_id" text,
	"room_id" text,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "participant" (
	"room_id" text NOT NULL,
	"member_id" text NOT NULL,
	"member_ref" uuid NOT NULL,
	"ord" integer NOT NULL,
	"role" text NOT NULL,
	"presence" text NOT NULL,
	"mute_rank" integer DEFAULT 0 NOT NULL,
	"hand_at" timestamp with time zone,
	"mic_on" boolean DEFAULT false NOT NULL,
	"floor_since" timestamp with time zone,
	"joined_at" timestamp with time zone,
	"left_at" timestamp with time zone,
	"removed_at" timestamp with time zone,
	"removed_until" timestamp with time zone,
	"removal_rank" integer DEFAULT 0 NOT NULL,
	"enforcement" text,
	"role_seq" integer DEFAULT 0 NOT NULL,
	"speech_seq" integer DEFAULT 0 NOT NULL,
	"hand_seq" integer DEFAULT 0 NOT NULL,
	"removal_seq" integer DEFAULT 0 NOT NULL,
	"cohort" text,
	"via" text NOT NULL,
	"branch" text,
	CONSTRAINT "participant_room_id_member_id_pk" PRIMARY KEY("room_id","member_id")
);
--> statement-breakpoint
CREATE TABLE "report" (
	"id" uuid PRIMARY KEY NOT NULL,
	"room_id" text,
	"subject_id" text NOT NULL,
	"reporter_ref" text NOT NULL,
	"category" text NOT NULL,
	"text" text NOT NULL,
	"from_second" integer,
	"to_second" integer,
	"at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "floor_segment" (
	"room_id" text NOT NULL,
	"member_id" text NOT NULL,
	"from" timestamp with time zone NOT NULL,
	"to" timestamp with time zone NOT NULL,
	CONSTRAINT "floor_segment_room_id_member_id_from_pk" PRIMARY KEY("room_id","member_id","from")
);
--> statement-breakpoint
CREATE TABLE "ingested_event" (
	"room_id" text NOT NULL,
	"event_id" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"refusal" text,
	CONSTRAINT "ingested_event_room_id_event_id_pk" PRIMARY KEY("room_id","event_id")
);
--> statement-breakpoint
CREATE TABLE "room_event" (
	"room_id" text NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"command_id" uuid,
	"body" jsonb NOT NULL,
	CONSTRAINT "room_event_room_id_seq_pk" PRIMARY KEY("room_id","seq")
);
--> statement-breakpoint
CREATE TABLE "room" (
	"id" text PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"language" text DEFAULT 'und' NOT NULL,
	"status" text DEFAULT 'live' NOT NULL,
	"locked" boolean DEFAULT false NOT NULL,
	"hands_open" boolean DEFAULT true NOT NULL,
	"calm_command_id" uuid,
	"calm_until" timestamp with time zone,
	"unattended_since" timestamp with time zone,
	"opened_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"purged_at" timestamp with time zone,
	"pinned_at" timestamp with time zone,
	"seq" integer DEFAULT 0 NOT NULL,
	"lock_seq" integer DEFAULT 0 NOT NULL,
	"hands_seq" integer DEFAULT 0 NOT NULL,
	"calm_seq" integer DEFAULT 0 NOT NULL,
	"next_ord" integer DEFAULT 0 NOT NULL,
	"present" integer DEFAULT 0 NOT NULL,
	"stage" integer DEFAULT 0 NOT NULL,
	"hands" integer DEFAULT 0 NOT NULL,
	"attendants" integer DEFAULT 0 NOT NULL,
	"shift_hours" integer,
	"shift_since" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "command_actor_at" ON "command" USING btree ("actor_ref","at");--> statement-breakpoint
CREATE INDEX "command_room_at" ON "command" USING btree ("room_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "enforcement_open" ON "enforcement" USING btree ("room_id","member_id") WHERE state in ('requested', 'delivered', 'failed');--> statement-breakpoint
CREATE INDEX "enforcement_due" ON "enforcement" USING btree ("next_attempt_at") WHERE state in ('requested', 'delivered', 'failed');--> statement-breakpoint
CREATE INDEX "hand_over_room" ON "hand_over" USING btree ("room_id","at");--> statement-breakpoint
CREATE INDEX "incident_room" ON "incident" USING btree ("room_id","at");--> statement-breakpoint
CREATE INDEX "member_inviter" ON "member" USING btree ("inviter_id");--> statement-breakpoint
CREATE UNIQUE INDEX "operator_name" ON "operator" USING btree (lower("name"));--> statement-breakpoint
CREATE INDEX "session_operator" ON "session" USING btree ("operator_id");--> statement-breakpoint
CREATE INDEX "participant_removed" ON "participant" USING btree ("removed_until") WHERE removed_at is not null and removed_until is not null;--> statement-breakpoint
CREATE INDEX "participant_dropped" ON "participant" USING btree ("left_at") WHERE presence = 'dropped';--> statement-breakpoint
CREATE INDEX "report_room" ON "report" USING btree ("room_id");--> statement-breakpoint
CREATE INDEX "report_subject" ON "report" USING btree ("subject_id");--> statement-breakpoint
CREATE INDEX "floor_segment_to" ON "floor_segment" USING btree ("room_id","to");--> statement-breakpoint
CREATE INDEX "room_event_at" ON "room_event" USING btree ("room_id","at");--> statement-breakpoint
CREATE INDEX "room_live" ON "room" USING btree ("status") WHERE status = 'live';--> statement-breakpoint
CREATE INDEX "room_calm" ON "room" USING btree ("calm_until") WHERE calm_until is not null;--> statement-breakpoint
CREATE INDEX "room_unpurged" ON "room" USING btree ("ended_at") WHERE status = 'ended' and purged_at is null;