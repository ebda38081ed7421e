CREATE TABLE "lease" (
  "name" VARCHAR(64) NOT NULL CHECK (LENGTHB("name") = LENGTH("name")),
  "holder" VARCHAR(64) NOT NULL CHECK (LENGTHB("holder") = LENGTH("holder")),
  "epoch" BIGINT NOT NULL,
  "until" BIGINT NOT NULL,
  PRIMARY KEY ("name")
);

CREATE TABLE "schema_migration" (
  "id" VARCHAR(120) NOT NULL CHECK (LENGTHB("id") = LENGTH("id")),
  "module" VARCHAR(40) NOT NULL CHECK (LENGTHB("module") = LENGTH("module")),
  "checksum" VARCHAR(64) NOT NULL CHECK (LENGTHB("checksum") = LENGTH("checksum")),
  "applied_at" BIGINT NOT NULL,
  "duration" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE TABLE "vault_kek" (
  "version" BIGINT NOT NULL,
  "root_check" VARCHAR(16) NOT NULL CHECK (LENGTHB("root_check") = LENGTH("root_check")),
  "key_check" VARCHAR(16) NOT NULL CHECK (LENGTHB("key_check") = LENGTH("key_check")),
  "wrapped" VARBINARY(128) NOT NULL,
  "created_at" BIGINT NOT NULL,
  "retired_at" BIGINT NOT NULL,
  PRIMARY KEY ("version")
);

CREATE TABLE "vault_key" (
  "id" BIGINT NOT NULL,
  "purpose" VARCHAR(20) NOT NULL CHECK (LENGTHB("purpose") = LENGTH("purpose")),
  "epoch" BIGINT NOT NULL,
  "kek_version" BIGINT NOT NULL,
  "key_check" VARCHAR(16) NOT NULL CHECK (LENGTHB("key_check") = LENGTH("key_check")),
  "wrapped" VARBINARY(128) NOT NULL,
  "used" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "vault_key_epoch" ON "vault_key" ("purpose", "epoch");

CREATE TABLE "idempotency" (
  "hash" VARCHAR(64) NOT NULL CHECK (LENGTHB("hash") = LENGTH("hash")),
  "person_id" BIGINT NOT NULL,
  "operation" VARCHAR(64) NOT NULL CHECK (LENGTHB("operation") = LENGTH("operation")),
  "request" VARCHAR(64) NOT NULL CHECK (LENGTHB("request") = LENGTH("request")),
  "status" BIGINT NOT NULL,
  "content_type" VARCHAR(100) NOT NULL CHECK (LENGTHB("content_type") = LENGTH("content_type")),
  "body" BLOB,
  "expires_at" BIGINT NOT NULL,
  PRIMARY KEY ("hash")
);

CREATE INDEX "idempotency_expiry" ON "idempotency" ("expires_at");

CREATE TABLE "access_role" (
  "person_id" BIGINT NOT NULL,
  "slot" VARCHAR(40) NOT NULL CHECK (LENGTHB("slot") = LENGTH("slot")),
  "role" VARCHAR(40) NOT NULL CHECK (LENGTHB("role") = LENGTH("role")),
  "created_at" BIGINT NOT NULL,
  PRIMARY KEY ("person_id", "slot")
);

CREATE INDEX "access_role_holders" ON "access_role" ("role", "person_id");

CREATE TABLE "journal" (
  "id" BIGINT NOT NULL,
  "at" BIGINT NOT NULL,
  "actor_id" BIGINT NOT NULL,
  "real_actor_id" BIGINT NOT NULL,
  "session_id" BIGINT NOT NULL,
  "address" VARCHAR(64) NOT NULL CHECK (LENGTHB("address") = LENGTH("address")),
  "request_id" VARCHAR(64) NOT NULL CHECK (LENGTHB("request_id") = LENGTH("request_id")),
  "module" VARCHAR(40) NOT NULL CHECK (LENGTHB("module") = LENGTH("module")),
  "verb" VARCHAR(80) NOT NULL CHECK (LENGTHB("verb") = LENGTH("verb")),
  "ref_kind" VARCHAR(40) NOT NULL CHECK (LENGTHB("ref_kind") = LENGTH("ref_kind")),
  "ref_id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "department_id" BIGINT NOT NULL,
  "changes" BLOB,
  PRIMARY KEY ("id")
);

CREATE TABLE "journal_pending" (
  "id" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE TABLE "journal_chain" (
  "seq" BIGINT NOT NULL,
  "journal_id" BIGINT NOT NULL,
  "hash" VARBINARY(32) NOT NULL,
  "at" BIGINT NOT NULL,
  "actor_id" BIGINT NOT NULL,
  "module" VARCHAR(40) NOT NULL CHECK (LENGTHB("module") = LENGTH("module")),
  "verb" VARCHAR(80) NOT NULL CHECK (LENGTHB("verb") = LENGTH("verb")),
  "ref_kind" VARCHAR(40) NOT NULL CHECK (LENGTHB("ref_kind") = LENGTH("ref_kind")),
  "ref_id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  PRIMARY KEY ("seq")
);

CREATE UNIQUE INDEX "journal_chain_journal_id" ON "journal_chain" ("journal_id");

CREATE INDEX "journal_chain_ref" ON "journal_chain" ("ref_id", "ref_kind", "seq");

CREATE INDEX "journal_chain_project" ON "journal_chain" ("project_id", "seq");

CREATE INDEX "journal_chain_actor" ON "journal_chain" ("actor_id", "seq");

CREATE INDEX "journal_chain_verb" ON "journal_chain" ("verb", "seq");

CREATE INDEX "journal_chain_at" ON "journal_chain" ("at", "seq");

CREATE TABLE "journal_reader" (
  "name" VARCHAR(64) NOT NULL CHECK (LENGTHB("name") = LENGTH("name")),
  "seq" BIGINT NOT NULL,
  "attempts" BIGINT NOT NULL,
  "error" VARCHAR(500 CHAR) NOT NULL,
  "parked_at" BIGINT NOT NULL,
  "updated_at" BIGINT NOT NULL,
  PRIMARY KEY ("name")
);

-- do: begin the chain;

CREATE TABLE "access_member" (
  "project_id" BIGINT NOT NULL,
  "person_id" BIGINT NOT NULL,
  "role" VARCHAR(40) NOT NULL CHECK (LENGTHB("role") = LENGTH("role")),
  "created_at" BIGINT NOT NULL,
  PRIMARY KEY ("project_id", "person_id")
);

CREATE INDEX "access_member_person" ON "access_member" ("person_id", "project_id");

CREATE TABLE "org_organisation" (
  "id" BIGINT NOT NULL,
  "name" VARBINARY(500),
  "set_up_at" BIGINT DEFAULT 0 NOT NULL,
  PRIMARY KEY ("id")
);

CREATE TABLE "org_department" (
  "id" BIGINT NOT NULL,
  "parent_id" BIGINT NOT NULL,
  "name" VARBINARY(500),
  "name_key" BIGINT NOT NULL,
  "sort_rank" BIGINT NOT NULL,
  "version" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  "updated_at" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "org_department_name" ON "org_department" ("parent_id", "name_key");

CREATE TABLE "org_person" (
  "id" BIGINT NOT NULL,
  "account" VARCHAR(64) NOT NULL CHECK (LENGTHB("account") = LENGTH("account")),
  "name" VARBINARY(500),
  "email" VARBINARY(900),
  "phone" VARBINARY(900),
  "department_id" BIGINT NOT NULL,
  "status" VARCHAR(20) NOT NULL CHECK (LENGTHB("status") = LENGTH("status")),
  "language" VARCHAR(10) NOT NULL CHECK (LENGTHB("language") = LENGTH("language")),
  "theme" VARCHAR(10) NOT NULL CHECK (LENGTHB("theme") = LENGTH("theme")),
  "must_change" TINYINT NOT NULL,
  "password_at" BIGINT NOT NULL,
  "last_login_at" BIGINT NOT NULL,
  "version" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  "updated_at" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "org_person_account" ON "org_person" ("account");

CREATE INDEX "org_person_department" ON "org_person" ("department_id", "id");

CREATE TABLE "org_credential" (
  "person_id" BIGINT NOT NULL,
  "salt" VARBINARY(16) NOT NULL,
  "iterations" BIGINT NOT NULL,
  "digest" VARBINARY(64) NOT NULL,
  "one_time_until" BIGINT NOT NULL,
  PRIMARY KEY ("person_id")
);

CREATE TABLE "org_password" (
  "person_id" BIGINT NOT NULL,
  "id" BIGINT NOT NULL,
  "salt" VARBINARY(16) NOT NULL,
  "iterations" BIGINT NOT NULL,
  "digest" VARBINARY(64) NOT NULL,
  PRIMARY KEY ("person_id", "id")
);

CREATE TABLE "org_session" (
  "id" BIGINT NOT NULL,
  "person_id" BIGINT NOT NULL,
  "token_hash" VARCHAR(64) NOT NULL CHECK (LENGTHB("token_hash") = LENGTH("token_hash")),
  "address" VARCHAR(64) NOT NULL CHECK (LENGTHB("address") = LENGTH("address")),
  "agent" VARBINARY(1000),
  "created_at" BIGINT NOT NULL,
  "last_seen_at" BIGINT NOT NULL,
  "expires_at" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "org_session_token" ON "org_session" ("token_hash");

CREATE INDEX "org_session_person" ON "org_session" ("person_id", "id");

CREATE INDEX "org_session_expiry" ON "org_session" ("expires_at");

CREATE TABLE "org_attempt" (
  "id" BIGINT NOT NULL,
  "failures" BIGINT NOT NULL,
  "last_at" BIGINT NOT NULL,
  "locked_until" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "org_attempt_last" ON "org_attempt" ("last_at");

CREATE TABLE "project" (
  "id" BIGINT NOT NULL,
  "code" VARCHAR(10) NOT NULL CHECK (LENGTHB("code") = LENGTH("code")),
  "name" VARBINARY(500),
  "description" BLOB,
  "visibility" VARCHAR(20) NOT NULL CHECK (LENGTHB("visibility") = LENGTH("visibility")),
  "department_id" BIGINT DEFAULT 0 NOT NULL,
  "colour" VARCHAR(16) NOT NULL CHECK (LENGTHB("colour") = LENGTH("colour")),
  "created_by" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  "updated_at" BIGINT NOT NULL,
  "archived_at" BIGINT DEFAULT 0 NOT NULL,
  "next_number" BIGINT DEFAULT 1 NOT NULL,
  "first_state_id" BIGINT DEFAULT 0 NOT NULL,
  "states_version" BIGINT DEFAULT 0 NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "project_code" ON "project" ("code");

CREATE TABLE "board_state" (
  "id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "name" VARBINARY(500),
  "category" VARCHAR(10) NOT NULL CHECK (LENGTHB("category") = LENGTH("category")),
  "colour" VARCHAR(16) NOT NULL CHECK (LENGTHB("colour") = LENGTH("colour")),
  "sort_key" VARCHAR(100) NOT NULL CHECK (LENGTHB("sort_key") = LENGTH("sort_key")),
  "wip_limit" BIGINT DEFAULT 0 NOT NULL,
  "created_at" BIGINT NOT NULL,
  "deleted_at" BIGINT DEFAULT 0 NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "board_state_project" ON "board_state" ("project_id", "deleted_at");

CREATE TABLE "task" (
  "id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "number" BIGINT NOT NULL,
  "title" BLOB,
  "description" BLOB,
  "state_id" BIGINT NOT NULL,
  "sort_key" VARCHAR(100) NOT NULL CHECK (LENGTHB("sort_key") = LENGTH("sort_key")),
  "priority" VARCHAR(10) NOT NULL CHECK (LENGTHB("priority") = LENGTH("priority")),
  "due_at" BIGINT DEFAULT 0 NOT NULL,
  "due_all_day" TINYINT DEFAULT 0 NOT NULL,
  "done_at" BIGINT DEFAULT 0 NOT NULL,
  "created_by" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  "updated_at" BIGINT NOT NULL,
  "comment_count" BIGINT DEFAULT 0 NOT NULL,
  "deleted_at" BIGINT DEFAULT 0 NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "task_number" ON "task" ("project_id", "number");

CREATE INDEX "task_list" ON "task" ("project_id", "deleted_at", "id");

CREATE INDEX "task_board" ON "task" ("project_id", "deleted_at", "done_at");

CREATE INDEX "task_column" ON "task" ("state_id", "deleted_at", "sort_key");

CREATE TABLE "task_assignee" (
  "task_id" BIGINT NOT NULL,
  "person_id" BIGINT NOT NULL,
  PRIMARY KEY ("task_id", "person_id")
);

CREATE INDEX "task_assignee_person" ON "task_assignee" ("person_id", "task_id");

CREATE TABLE "task_comment" (
  "id" BIGINT NOT NULL,
  "task_id" BIGINT NOT NULL,
  "author_id" BIGINT NOT NULL,
  "text" BLOB,
  "created_at" BIGINT NOT NULL,
  "edited_at" BIGINT DEFAULT 0 NOT NULL,
  "deleted_at" BIGINT DEFAULT 0 NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "task_comment_task" ON "task_comment" ("task_id", "deleted_at", "id");

CREATE TABLE "search_token" (
  "token" BIGINT NOT NULL,
  "task_id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  PRIMARY KEY ("token", "task_id")
);

CREATE TABLE "search_task" (
  "task_id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "tokens" BLOB,
  PRIMARY KEY ("task_id")
);

CREATE TABLE "notice" (
  "id" BIGINT NOT NULL,
  "person_id" BIGINT NOT NULL,
  "seq" BIGINT NOT NULL,
  "at" BIGINT NOT NULL,
  "actor_id" BIGINT NOT NULL,
  "verb" VARCHAR(64) NOT NULL CHECK (LENGTHB("verb") = LENGTH("verb")),
  "task_id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "read_at" BIGINT DEFAULT 0 NOT NULL,
  PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "notice_person_seq" ON "notice" ("person_id", "seq");

CREATE INDEX "notice_person_unread" ON "notice" ("person_id", "read_at", "seq");

CREATE TABLE "vault_file" (
  "id" BIGINT NOT NULL,
  "place" VARCHAR(32) NOT NULL CHECK (LENGTHB("place") = LENGTH("place")),
  "key_id" BIGINT NOT NULL,
  "wrapped" VARBINARY(128) NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "vault_file_place" ON "vault_file" ("place");

CREATE TABLE "vault_reseal" (
  "place" VARCHAR(128) NOT NULL CHECK (LENGTHB("place") = LENGTH("place")),
  "key_id" BIGINT NOT NULL,
  "key_at" BIGINT NOT NULL,
  "suite" VARCHAR(32) NOT NULL CHECK (LENGTHB("suite") = LENGTH("suite")),
  "last_key" BIGINT NOT NULL,
  "passes" BIGINT NOT NULL,
  "total" BIGINT NOT NULL,
  "seen" BIGINT NOT NULL,
  "moved" BIGINT NOT NULL,
  "pass_moved" BIGINT NOT NULL,
  "damaged" BIGINT NOT NULL,
  "started_at" BIGINT NOT NULL,
  "updated_at" BIGINT NOT NULL,
  "finished_at" BIGINT NOT NULL,
  PRIMARY KEY ("place")
);

CREATE TABLE "journal_key" (
  "id" BIGINT NOT NULL,
  "public" VARBINARY(128) NOT NULL,
  "private" VARBINARY(256) NOT NULL,
  "created_at" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE TABLE "journal_checkpoint" (
  "seq" BIGINT NOT NULL,
  "from_seq" BIGINT NOT NULL,
  "head" VARBINARY(32) NOT NULL,
  "root" VARBINARY(32) NOT NULL,
  "at" BIGINT NOT NULL,
  "prev" VARBINARY(32) NOT NULL,
  "signer" VARBINARY(32) NOT NULL,
  "signature" VARBINARY(80) NOT NULL,
  PRIMARY KEY ("seq")
);

CREATE UNIQUE INDEX "journal_checkpoint_prev" ON "journal_checkpoint" ("prev");

CREATE TABLE "journal_cut" (
  "seq" BIGINT NOT NULL,
  "head" VARBINARY(32) NOT NULL,
  "at" BIGINT NOT NULL,
  "checkpoint" VARBINARY(32) NOT NULL,
  "export" VARBINARY(32) NOT NULL,
  "signer" VARBINARY(32) NOT NULL,
  "signature" VARBINARY(80) NOT NULL,
  PRIMARY KEY ("seq")
);

CREATE TABLE "search_state" (
  "id" BIGINT NOT NULL,
  "epoch" BIGINT NOT NULL,
  "building" BIGINT NOT NULL,
  "next_id" BIGINT NOT NULL,
  "at_source" BIGINT NOT NULL,
  "after_id" BIGINT NOT NULL,
  "seen" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE TABLE "search_segment" (
  "id" BIGINT NOT NULL,
  "epoch" BIGINT NOT NULL,
  "status" VARCHAR(10) NOT NULL CHECK (LENGTHB("status") = LENGTH("status")),
  "page_bits" BIGINT NOT NULL,
  "documents" BIGINT NOT NULL,
  "token_bytes" BIGINT NOT NULL,
  "changed_at" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE TABLE "search_page" (
  "id" BIGINT NOT NULL,
  "body" BLOB,
  PRIMARY KEY ("id")
);

CREATE TABLE "search_doc" (
  "epoch" BIGINT NOT NULL,
  "kind" BIGINT NOT NULL,
  "id" BIGINT NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("epoch", "kind", "id")
);

DELETE FROM search_token;

DELETE FROM search_task;

-- do: the one row of search_state;

CREATE TABLE "journal_inbox" (
  "id" BIGINT NOT NULL,
  "at" BIGINT NOT NULL,
  "actor_id" BIGINT NOT NULL,
  "real_actor_id" BIGINT NOT NULL,
  "session_id" BIGINT NOT NULL,
  "address" VARCHAR(64) NOT NULL CHECK (LENGTHB("address") = LENGTH("address")),
  "request_id" VARCHAR(64) NOT NULL CHECK (LENGTHB("request_id") = LENGTH("request_id")),
  "module" VARCHAR(40) NOT NULL CHECK (LENGTHB("module") = LENGTH("module")),
  "verb" VARCHAR(80) NOT NULL CHECK (LENGTHB("verb") = LENGTH("verb")),
  "ref_kind" VARCHAR(40) NOT NULL CHECK (LENGTHB("ref_kind") = LENGTH("ref_kind")),
  "ref_id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "department_id" BIGINT NOT NULL,
  "changes" BLOB,
  PRIMARY KEY ("id")
);

ALTER TABLE "journal_reader" ADD "code" VARCHAR(80) DEFAULT '' NOT NULL CHECK (LENGTHB("code") = LENGTH("code"));

CREATE TABLE "vault_object" (
  "id" BIGINT NOT NULL,
  "place" VARCHAR(32) NOT NULL CHECK (LENGTHB("place") = LENGTH("place")),
  "place_key" BIGINT NOT NULL,
  "body" VARBINARY(700),
  PRIMARY KEY ("id")
);

CREATE INDEX "vault_object_place" ON "vault_object" ("place");

CREATE INDEX "vault_object_place_key" ON "vault_object" ("place_key");

ALTER TABLE "vault_kek" ADD "destroyed_at" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "vault_key" ADD "emptied_at" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "vault_key" ADD "destroyed_at" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "org_credential" ADD "pepper_key" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "org_password" ADD "pepper_key" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "org_department" ADD "key_id" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "search_state" ADD "key_id" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "search_state" ADD "building_key" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "search_state" ADD "total" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "search_state" ADD "started_at" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "search_state" ADD "run_at" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "search_state" ADD "run_seen" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "search_state" ADD "noted_at" BIGINT DEFAULT 0 NOT NULL;

CREATE TABLE "journal_succession" (
  "id" BIGINT NOT NULL,
  "seq" BIGINT NOT NULL,
  "checkpoint" VARBINARY(32) NOT NULL,
  "at" BIGINT NOT NULL,
  "old_key" VARBINARY(128) NOT NULL,
  "new_key" VARBINARY(128) NOT NULL,
  "old_signature" VARBINARY(80) NOT NULL,
  "new_signature" VARBINARY(80) NOT NULL,
  PRIMARY KEY ("id")
);

ALTER TABLE "journal_key" ADD "uses" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "project" ADD "labels_version" BIGINT DEFAULT 0 NOT NULL;

CREATE TABLE "label" (
  "id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "name" VARBINARY(200),
  "colour" VARCHAR(16) NOT NULL CHECK (LENGTHB("colour") = LENGTH("colour")),
  "created_at" BIGINT NOT NULL,
  "deleted_at" BIGINT DEFAULT 0 NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "label_project" ON "label" ("project_id", "deleted_at");

ALTER TABLE "task" ADD "start_at" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "task" ADD "start_all_day" TINYINT DEFAULT 0 NOT NULL;

ALTER TABLE "task" ADD "estimate" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "task" ADD "progress" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "task" ADD "label_ids" VARCHAR(255) DEFAULT '' NOT NULL CHECK (LENGTHB("label_ids") = LENGTH("label_ids"));

ALTER TABLE "task" ADD "parent_id" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "task" ADD "sub_count" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "task" ADD "sub_done" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "task" ADD "check_count" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "task" ADD "check_done" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "task" ADD "deleted_by" BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE "task" ADD "deleted_with" BIGINT DEFAULT 0 NOT NULL;

CREATE INDEX "task_parent" ON "task" ("parent_id", "deleted_at", "id");

CREATE INDEX "task_deleted_with" ON "task" ("deleted_with", "id");

CREATE TABLE "task_label" (
  "task_id" BIGINT NOT NULL,
  "label_id" BIGINT NOT NULL,
  PRIMARY KEY ("task_id", "label_id")
);

CREATE INDEX "task_label_label" ON "task_label" ("label_id", "task_id");

CREATE TABLE "task_follower" (
  "task_id" BIGINT NOT NULL,
  "person_id" BIGINT NOT NULL,
  PRIMARY KEY ("task_id", "person_id")
);

CREATE INDEX "task_follower_person" ON "task_follower" ("person_id", "task_id");

CREATE TABLE "task_link" (
  "id" BIGINT NOT NULL,
  "from_id" BIGINT NOT NULL,
  "to_id" BIGINT NOT NULL,
  "kind" VARCHAR(16) NOT NULL CHECK (LENGTHB("kind") = LENGTH("kind")),
  "lag_minutes" BIGINT DEFAULT 0 NOT NULL,
  "created_by" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "task_link_from" ON "task_link" ("from_id", "to_id", "kind");

CREATE INDEX "task_link_to" ON "task_link" ("to_id");

CREATE TABLE "task_link_lock" (
  "id" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

-- do: the one row of task_link_lock;

CREATE TABLE "file" (
  "id" BIGINT NOT NULL,
  "holder_kind" VARCHAR(40) NOT NULL CHECK (LENGTHB("holder_kind") = LENGTH("holder_kind")),
  "holder_id" BIGINT NOT NULL,
  "content_id" BIGINT NOT NULL,
  "name" BLOB,
  "media_type" VARCHAR(120) DEFAULT '' NOT NULL CHECK (LENGTHB("media_type") = LENGTH("media_type")),
  "size" BIGINT NOT NULL,
  "received" BIGINT NOT NULL,
  "state" VARCHAR(16) NOT NULL CHECK (LENGTHB("state") = LENGTH("state")),
  "created_by" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  "changed_at" BIGINT NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "file_holder" ON "file" ("holder_kind", "holder_id", "state", "id");

CREATE INDEX "file_state" ON "file" ("state", "changed_at");

CREATE TABLE "file_content" (
  "id" BIGINT NOT NULL,
  "refs" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE TABLE "file_piece" (
  "id" BIGINT NOT NULL,
  "content_id" BIGINT NOT NULL,
  "first_byte" BIGINT NOT NULL,
  "size" BIGINT NOT NULL,
  "state" VARCHAR(16) NOT NULL CHECK (LENGTHB("state") = LENGTH("state")),
  "created_at" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "file_piece_content" ON "file_piece" ("content_id", "first_byte");

CREATE INDEX "file_piece_state" ON "file_piece" ("state", "created_at");

CREATE TABLE "file_seen" (
  "file_id" BIGINT NOT NULL,
  "person_id" BIGINT NOT NULL,
  "kind" VARCHAR(16) NOT NULL CHECK (LENGTHB("kind") = LENGTH("kind")),
  "seen_at" BIGINT NOT NULL,
  PRIMARY KEY ("file_id", "person_id", "kind", "seen_at")
);

CREATE INDEX "file_seen_at" ON "file_seen" ("seen_at");

CREATE TABLE "workday_document" (
  "id" BIGINT NOT NULL,
  "body" BLOB,
  "updated_at" BIGINT NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE TABLE "recurrence" (
  "id" BIGINT NOT NULL,
  "task_id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "state" VARCHAR(16) NOT NULL CHECK (LENGTHB("state") = LENGTH("state")),
  "reason" VARCHAR(16) DEFAULT '' NOT NULL CHECK (LENGTHB("reason") = LENGTH("reason")),
  "rule" BLOB,
  "set_by" BIGINT NOT NULL,
  "made" BIGINT NOT NULL,
  "updated_at" BIGINT NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "recurrence_task" ON "recurrence" ("task_id");

CREATE INDEX "recurrence_project" ON "recurrence" ("project_id", "state");

CREATE TABLE "reminder" (
  "id" BIGINT NOT NULL,
  "task_id" BIGINT NOT NULL,
  "person_id" BIGINT NOT NULL,
  "anchor" VARCHAR(16) NOT NULL CHECK (LENGTHB("anchor") = LENGTH("anchor")),
  "ahead" BIGINT NOT NULL,
  "clock_minute" BIGINT NOT NULL,
  "fixed_at" BIGINT NOT NULL,
  "repeat_every" BIGINT NOT NULL,
  "base_at" BIGINT NOT NULL,
  "next_at" BIGINT NOT NULL,
  "fired_at" BIGINT NOT NULL,
  "times" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "reminder_task_person" ON "reminder" ("task_id", "person_id");

CREATE INDEX "reminder_next" ON "reminder" ("next_at", "id");

CREATE TABLE "notify_preference" (
  "person_id" BIGINT NOT NULL,
  "inapp_off" VARCHAR(255) NOT NULL CHECK (LENGTHB("inapp_off") = LENGTH("inapp_off")),
  "mail_on" VARCHAR(255) NOT NULL CHECK (LENGTHB("mail_on") = LENGTH("mail_on")),
  "quiet" TINYINT NOT NULL,
  "quiet_from" BIGINT NOT NULL,
  "quiet_to" BIGINT NOT NULL,
  "quiet_days" VARCHAR(16) NOT NULL CHECK (LENGTHB("quiet_days") = LENGTH("quiet_days")),
  "digest" VARCHAR(16) NOT NULL CHECK (LENGTHB("digest") = LENGTH("digest")),
  "digest_at" BIGINT NOT NULL,
  PRIMARY KEY ("person_id")
);

CREATE TABLE "notify_outbox" (
  "id" BIGINT NOT NULL,
  "person_id" BIGINT NOT NULL,
  "seq" BIGINT NOT NULL,
  "at" BIGINT NOT NULL,
  "actor_id" BIGINT NOT NULL,
  "verb" VARCHAR(64) NOT NULL CHECK (LENGTHB("verb") = LENGTH("verb")),
  "task_id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "due_at" BIGINT NOT NULL,
  "state" VARCHAR(16) NOT NULL CHECK (LENGTHB("state") = LENGTH("state")),
  "batch_id" BIGINT NOT NULL,
  "lease_until" BIGINT NOT NULL,
  "tries" BIGINT NOT NULL,
  "done_at" BIGINT NOT NULL,
  "problem" BLOB,
  PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "notify_outbox_once" ON "notify_outbox" ("person_id", "seq");

CREATE INDEX "notify_outbox_due" ON "notify_outbox" ("state", "due_at");

CREATE INDEX "notify_outbox_list" ON "notify_outbox" ("state", "id");

CREATE INDEX "notify_outbox_batch" ON "notify_outbox" ("batch_id");

CREATE TABLE "notify_mail" (
  "id" BIGINT NOT NULL,
  "enabled" TINYINT NOT NULL,
  "settings" BLOB,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE TABLE "field_definition" (
  "id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "kind" VARCHAR(32) NOT NULL CHECK (LENGTHB("kind") = LENGTH("kind")),
  "name" BLOB,
  "help" BLOB,
  "settings" BLOB,
  "place" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  "deleted_at" BIGINT DEFAULT 0 NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "field_definition_project" ON "field_definition" ("project_id", "deleted_at");

CREATE TABLE "field_value" (
  "id" BIGINT NOT NULL,
  "task_id" BIGINT NOT NULL,
  "field_id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "content" BLOB,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "field_value_task" ON "field_value" ("task_id", "field_id");

CREATE TABLE "calendar_feed" (
  "id" BIGINT NOT NULL,
  "person_id" BIGINT NOT NULL,
  "place" BIGINT NOT NULL,
  "name" VARBINARY(300),
  "hash" VARCHAR(64) NOT NULL CHECK (LENGTHB("hash") = LENGTH("hash")),
  "created_at" BIGINT NOT NULL,
  "read_at" BIGINT DEFAULT 0 NOT NULL,
  PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "calendar_feed_place" ON "calendar_feed" ("person_id", "place");

CREATE UNIQUE INDEX "calendar_feed_hash" ON "calendar_feed" ("hash");

CREATE TABLE "exchange_import" (
  "id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "person_id" BIGINT NOT NULL,
  "kind" VARCHAR(16) NOT NULL CHECK (LENGTHB("kind") = LENGTH("kind")),
  "settings" BLOB,
  "total" BIGINT NOT NULL,
  "done" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  "expires_at" BIGINT NOT NULL,
  "finished_at" BIGINT DEFAULT 0 NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "exchange_import_expires" ON "exchange_import" ("expires_at");

CREATE TABLE "exchange_made" (
  "import_id" BIGINT NOT NULL,
  "source_row" BIGINT NOT NULL,
  "task_id" BIGINT NOT NULL,
  PRIMARY KEY ("import_id", "source_row")
);

CREATE TABLE "view_saved" (
  "id" BIGINT NOT NULL,
  "project_id" BIGINT NOT NULL,
  "owner_id" BIGINT NOT NULL,
  "kind" VARCHAR(20) NOT NULL CHECK (LENGTHB("kind") = LENGTH("kind")),
  "name" VARBINARY(400),
  "definition" BLOB,
  "shared" TINYINT DEFAULT 0 NOT NULL,
  "created_at" BIGINT NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "view_saved_owner" ON "view_saved" ("owner_id", "project_id", "id");

CREATE INDEX "view_saved_shared" ON "view_saved" ("project_id", "shared", "id");

CREATE INDEX "task_due" ON "task" ("project_id", "deleted_at", "due_at", "id");

CREATE INDEX "task_start" ON "task" ("project_id", "deleted_at", "start_at", "id");

CREATE INDEX "task_updated" ON "task" ("project_id", "deleted_at", "updated_at", "id");

CREATE INDEX "task_priority" ON "task" ("project_id", "deleted_at", "priority", "id");

CREATE TABLE "comment_reaction" (
  "comment_id" BIGINT NOT NULL,
  "name" VARCHAR(20) NOT NULL CHECK (LENGTHB("name") = LENGTH("name")),
  "person_id" BIGINT NOT NULL,
  "created_at" BIGINT NOT NULL,
  PRIMARY KEY ("comment_id", "name", "person_id")
);

CREATE TABLE "checklist_item" (
  "id" BIGINT NOT NULL,
  "task_id" BIGINT NOT NULL,
  "text" BLOB,
  "sort_key" VARCHAR(100) NOT NULL CHECK (LENGTHB("sort_key") = LENGTH("sort_key")),
  "assignee_id" BIGINT DEFAULT 0 NOT NULL,
  "due_at" BIGINT DEFAULT 0 NOT NULL,
  "due_all_day" TINYINT DEFAULT 0 NOT NULL,
  "done_at" BIGINT DEFAULT 0 NOT NULL,
  "done_by" BIGINT DEFAULT 0 NOT NULL,
  "created_at" BIGINT NOT NULL,
  "version" BIGINT NOT NULL,
  PRIMARY KEY ("id")
);

CREATE INDEX "checklist_item_task" ON "checklist_item" ("task_id", "sort_key");
