CREATE TABLE `lease` (
  `name` TEXT CHECK (length(`name`) <= 64 AND `name` NOT GLOB '*[^ -~]*') NOT NULL,
  `holder` TEXT CHECK (length(`holder`) <= 64 AND `holder` NOT GLOB '*[^ -~]*') NOT NULL,
  `epoch` INTEGER NOT NULL,
  `until` INTEGER NOT NULL,
  PRIMARY KEY (`name`)
) WITHOUT ROWID;

CREATE TABLE `schema_migration` (
  `id` TEXT CHECK (length(`id`) <= 120 AND `id` NOT GLOB '*[^ -~]*') NOT NULL,
  `module` TEXT CHECK (length(`module`) <= 40 AND `module` NOT GLOB '*[^ -~]*') NOT NULL,
  `checksum` TEXT CHECK (length(`checksum`) <= 64 AND `checksum` NOT GLOB '*[^ -~]*') NOT NULL,
  `applied_at` INTEGER NOT NULL,
  `duration` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
) WITHOUT ROWID;

CREATE TABLE `vault_kek` (
  `version` INTEGER NOT NULL,
  `root_check` TEXT CHECK (length(`root_check`) <= 16 AND `root_check` NOT GLOB '*[^ -~]*') NOT NULL,
  `key_check` TEXT CHECK (length(`key_check`) <= 16 AND `key_check` NOT GLOB '*[^ -~]*') NOT NULL,
  `wrapped` BLOB CHECK (length(`wrapped`) <= 128) NOT NULL,
  `created_at` INTEGER NOT NULL,
  `retired_at` INTEGER NOT NULL,
  PRIMARY KEY (`version`)
);

CREATE TABLE `vault_key` (
  `id` INTEGER NOT NULL,
  `purpose` TEXT CHECK (length(`purpose`) <= 20 AND `purpose` NOT GLOB '*[^ -~]*') NOT NULL,
  `epoch` INTEGER NOT NULL,
  `kek_version` INTEGER NOT NULL,
  `key_check` TEXT CHECK (length(`key_check`) <= 16 AND `key_check` NOT GLOB '*[^ -~]*') NOT NULL,
  `wrapped` BLOB CHECK (length(`wrapped`) <= 128) NOT NULL,
  `used` INTEGER NOT NULL,
  `created_at` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE UNIQUE INDEX `vault_key_epoch` ON `vault_key` (`purpose`, `epoch`);

CREATE TABLE `idempotency` (
  `hash` TEXT CHECK (length(`hash`) <= 64 AND `hash` NOT GLOB '*[^ -~]*') NOT NULL,
  `person_id` INTEGER NOT NULL,
  `operation` TEXT CHECK (length(`operation`) <= 64 AND `operation` NOT GLOB '*[^ -~]*') NOT NULL,
  `request` TEXT CHECK (length(`request`) <= 64 AND `request` NOT GLOB '*[^ -~]*') NOT NULL,
  `status` INTEGER NOT NULL,
  `content_type` TEXT CHECK (length(`content_type`) <= 100 AND `content_type` NOT GLOB '*[^ -~]*') NOT NULL,
  `body` BLOB,
  `expires_at` INTEGER NOT NULL,
  PRIMARY KEY (`hash`)
) WITHOUT ROWID;

CREATE INDEX `idempotency_expiry` ON `idempotency` (`expires_at`);

CREATE TABLE `access_role` (
  `person_id` INTEGER NOT NULL,
  `slot` TEXT CHECK (length(`slot`) <= 40 AND `slot` NOT GLOB '*[^ -~]*') NOT NULL,
  `role` TEXT CHECK (length(`role`) <= 40 AND `role` NOT GLOB '*[^ -~]*') NOT NULL,
  `created_at` INTEGER NOT NULL,
  PRIMARY KEY (`person_id`, `slot`)
) WITHOUT ROWID;

CREATE INDEX `access_role_holders` ON `access_role` (`role`, `person_id`);

CREATE TABLE `journal` (
  `id` INTEGER NOT NULL,
  `at` INTEGER NOT NULL,
  `actor_id` INTEGER NOT NULL,
  `real_actor_id` INTEGER NOT NULL,
  `session_id` INTEGER NOT NULL,
  `address` TEXT CHECK (length(`address`) <= 64 AND `address` NOT GLOB '*[^ -~]*') NOT NULL,
  `request_id` TEXT CHECK (length(`request_id`) <= 64 AND `request_id` NOT GLOB '*[^ -~]*') NOT NULL,
  `module` TEXT CHECK (length(`module`) <= 40 AND `module` NOT GLOB '*[^ -~]*') NOT NULL,
  `verb` TEXT CHECK (length(`verb`) <= 80 AND `verb` NOT GLOB '*[^ -~]*') NOT NULL,
  `ref_kind` TEXT CHECK (length(`ref_kind`) <= 40 AND `ref_kind` NOT GLOB '*[^ -~]*') NOT NULL,
  `ref_id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `department_id` INTEGER NOT NULL,
  `changes` BLOB,
  PRIMARY KEY (`id`)
);

CREATE TABLE `journal_pending` (
  `id` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE TABLE `journal_chain` (
  `seq` INTEGER NOT NULL,
  `journal_id` INTEGER NOT NULL,
  `hash` BLOB CHECK (length(`hash`) <= 32) NOT NULL,
  `at` INTEGER NOT NULL,
  `actor_id` INTEGER NOT NULL,
  `module` TEXT CHECK (length(`module`) <= 40 AND `module` NOT GLOB '*[^ -~]*') NOT NULL,
  `verb` TEXT CHECK (length(`verb`) <= 80 AND `verb` NOT GLOB '*[^ -~]*') NOT NULL,
  `ref_kind` TEXT CHECK (length(`ref_kind`) <= 40 AND `ref_kind` NOT GLOB '*[^ -~]*') NOT NULL,
  `ref_id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  PRIMARY KEY (`seq`)
);

CREATE UNIQUE INDEX `journal_chain_journal_id` ON `journal_chain` (`journal_id`);

CREATE INDEX `journal_chain_ref` ON `journal_chain` (`ref_id`, `ref_kind`, `seq`);

CREATE INDEX `journal_chain_project` ON `journal_chain` (`project_id`, `seq`);

CREATE INDEX `journal_chain_actor` ON `journal_chain` (`actor_id`, `seq`);

CREATE INDEX `journal_chain_verb` ON `journal_chain` (`verb`, `seq`);

CREATE INDEX `journal_chain_at` ON `journal_chain` (`at`, `seq`);

CREATE TABLE `journal_reader` (
  `name` TEXT CHECK (length(`name`) <= 64 AND `name` NOT GLOB '*[^ -~]*') NOT NULL,
  `seq` INTEGER NOT NULL,
  `attempts` INTEGER NOT NULL,
  `error` TEXT CHECK (length(`error`) <= 500) NOT NULL,
  `parked_at` INTEGER NOT NULL,
  `updated_at` INTEGER NOT NULL,
  PRIMARY KEY (`name`)
) WITHOUT ROWID;

-- do: begin the chain;

CREATE TABLE `access_member` (
  `project_id` INTEGER NOT NULL,
  `person_id` INTEGER NOT NULL,
  `role` TEXT CHECK (length(`role`) <= 40 AND `role` NOT GLOB '*[^ -~]*') NOT NULL,
  `created_at` INTEGER NOT NULL,
  PRIMARY KEY (`project_id`, `person_id`)
) WITHOUT ROWID;

CREATE INDEX `access_member_person` ON `access_member` (`person_id`, `project_id`);

CREATE TABLE `org_organisation` (
  `id` INTEGER NOT NULL,
  `name` BLOB CHECK (length(`name`) <= 500),
  `set_up_at` INTEGER DEFAULT 0 NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE TABLE `org_department` (
  `id` INTEGER NOT NULL,
  `parent_id` INTEGER NOT NULL,
  `name` BLOB CHECK (length(`name`) <= 500),
  `name_key` INTEGER NOT NULL,
  `sort_rank` INTEGER NOT NULL,
  `version` INTEGER NOT NULL,
  `created_at` INTEGER NOT NULL,
  `updated_at` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE UNIQUE INDEX `org_department_name` ON `org_department` (`parent_id`, `name_key`);

CREATE TABLE `org_person` (
  `id` INTEGER NOT NULL,
  `account` TEXT CHECK (length(`account`) <= 64 AND `account` NOT GLOB '*[^ -~]*') NOT NULL,
  `name` BLOB CHECK (length(`name`) <= 500),
  `email` BLOB CHECK (length(`email`) <= 900),
  `phone` BLOB CHECK (length(`phone`) <= 900),
  `department_id` INTEGER NOT NULL,
  `status` TEXT CHECK (length(`status`) <= 20 AND `status` NOT GLOB '*[^ -~]*') NOT NULL,
  `language` TEXT CHECK (length(`language`) <= 10 AND `language` NOT GLOB '*[^ -~]*') NOT NULL,
  `theme` TEXT CHECK (length(`theme`) <= 10 AND `theme` NOT GLOB '*[^ -~]*') NOT NULL,
  `must_change` INTEGER CHECK (`must_change` IN (0, 1)) NOT NULL,
  `password_at` INTEGER NOT NULL,
  `last_login_at` INTEGER NOT NULL,
  `version` INTEGER NOT NULL,
  `created_at` INTEGER NOT NULL,
  `updated_at` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE UNIQUE INDEX `org_person_account` ON `org_person` (`account`);

CREATE INDEX `org_person_department` ON `org_person` (`department_id`, `id`);

CREATE TABLE `org_credential` (
  `person_id` INTEGER NOT NULL,
  `salt` BLOB CHECK (length(`salt`) <= 16) NOT NULL,
  `iterations` INTEGER NOT NULL,
  `digest` BLOB CHECK (length(`digest`) <= 64) NOT NULL,
  `one_time_until` INTEGER NOT NULL,
  PRIMARY KEY (`person_id`)
);

CREATE TABLE `org_password` (
  `person_id` INTEGER NOT NULL,
  `id` INTEGER NOT NULL,
  `salt` BLOB CHECK (length(`salt`) <= 16) NOT NULL,
  `iterations` INTEGER NOT NULL,
  `digest` BLOB CHECK (length(`digest`) <= 64) NOT NULL,
  PRIMARY KEY (`person_id`, `id`)
) WITHOUT ROWID;

CREATE TABLE `org_session` (
  `id` INTEGER NOT NULL,
  `person_id` INTEGER NOT NULL,
  `token_hash` TEXT CHECK (length(`token_hash`) <= 64 AND `token_hash` NOT GLOB '*[^ -~]*') NOT NULL,
  `address` TEXT CHECK (length(`address`) <= 64 AND `address` NOT GLOB '*[^ -~]*') NOT NULL,
  `agent` BLOB CHECK (length(`agent`) <= 1000),
  `created_at` INTEGER NOT NULL,
  `last_seen_at` INTEGER NOT NULL,
  `expires_at` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE UNIQUE INDEX `org_session_token` ON `org_session` (`token_hash`);

CREATE INDEX `org_session_person` ON `org_session` (`person_id`, `id`);

CREATE INDEX `org_session_expiry` ON `org_session` (`expires_at`);

CREATE TABLE `org_attempt` (
  `id` INTEGER NOT NULL,
  `failures` INTEGER NOT NULL,
  `last_at` INTEGER NOT NULL,
  `locked_until` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE INDEX `org_attempt_last` ON `org_attempt` (`last_at`);

CREATE TABLE `project` (
  `id` INTEGER NOT NULL,
  `code` TEXT CHECK (length(`code`) <= 10 AND `code` NOT GLOB '*[^ -~]*') NOT NULL,
  `name` BLOB CHECK (length(`name`) <= 500),
  `description` BLOB,
  `visibility` TEXT CHECK (length(`visibility`) <= 20 AND `visibility` NOT GLOB '*[^ -~]*') NOT NULL,
  `department_id` INTEGER DEFAULT 0 NOT NULL,
  `colour` TEXT CHECK (length(`colour`) <= 16 AND `colour` NOT GLOB '*[^ -~]*') NOT NULL,
  `created_by` INTEGER NOT NULL,
  `created_at` INTEGER NOT NULL,
  `updated_at` INTEGER NOT NULL,
  `archived_at` INTEGER DEFAULT 0 NOT NULL,
  `next_number` INTEGER DEFAULT 1 NOT NULL,
  `first_state_id` INTEGER DEFAULT 0 NOT NULL,
  `states_version` INTEGER DEFAULT 0 NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE UNIQUE INDEX `project_code` ON `project` (`code`);

CREATE TABLE `board_state` (
  `id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `name` BLOB CHECK (length(`name`) <= 500),
  `category` TEXT CHECK (length(`category`) <= 10 AND `category` NOT GLOB '*[^ -~]*') NOT NULL,
  `colour` TEXT CHECK (length(`colour`) <= 16 AND `colour` NOT GLOB '*[^ -~]*') NOT NULL,
  `sort_key` TEXT CHECK (length(`sort_key`) <= 100 AND `sort_key` NOT GLOB '*[^ -~]*') NOT NULL,
  `wip_limit` INTEGER DEFAULT 0 NOT NULL,
  `created_at` INTEGER NOT NULL,
  `deleted_at` INTEGER DEFAULT 0 NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE INDEX `board_state_project` ON `board_state` (`project_id`, `deleted_at`);

CREATE TABLE `task` (
  `id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `number` INTEGER NOT NULL,
  `title` BLOB,
  `description` BLOB,
  `state_id` INTEGER NOT NULL,
  `sort_key` TEXT CHECK (length(`sort_key`) <= 100 AND `sort_key` NOT GLOB '*[^ -~]*') NOT NULL,
  `priority` TEXT CHECK (length(`priority`) <= 10 AND `priority` NOT GLOB '*[^ -~]*') NOT NULL,
  `due_at` INTEGER DEFAULT 0 NOT NULL,
  `due_all_day` INTEGER CHECK (`due_all_day` IN (0, 1)) DEFAULT 0 NOT NULL,
  `done_at` INTEGER DEFAULT 0 NOT NULL,
  `created_by` INTEGER NOT NULL,
  `created_at` INTEGER NOT NULL,
  `updated_at` INTEGER NOT NULL,
  `comment_count` INTEGER DEFAULT 0 NOT NULL,
  `deleted_at` INTEGER DEFAULT 0 NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE UNIQUE INDEX `task_number` ON `task` (`project_id`, `number`);

CREATE INDEX `task_list` ON `task` (`project_id`, `deleted_at`, `id`);

CREATE INDEX `task_board` ON `task` (`project_id`, `deleted_at`, `done_at`);

CREATE INDEX `task_column` ON `task` (`state_id`, `deleted_at`, `sort_key`);

CREATE TABLE `task_assignee` (
  `task_id` INTEGER NOT NULL,
  `person_id` INTEGER NOT NULL,
  PRIMARY KEY (`task_id`, `person_id`)
) WITHOUT ROWID;

CREATE INDEX `task_assignee_person` ON `task_assignee` (`person_id`, `task_id`);

CREATE TABLE `task_comment` (
  `id` INTEGER NOT NULL,
  `task_id` INTEGER NOT NULL,
  `author_id` INTEGER NOT NULL,
  `text` BLOB,
  `created_at` INTEGER NOT NULL,
  `edited_at` INTEGER DEFAULT 0 NOT NULL,
  `deleted_at` INTEGER DEFAULT 0 NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE INDEX `task_comment_task` ON `task_comment` (`task_id`, `deleted_at`, `id`);

CREATE TABLE `search_token` (
  `token` INTEGER NOT NULL,
  `task_id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  PRIMARY KEY (`token`, `task_id`)
) WITHOUT ROWID;

CREATE TABLE `search_task` (
  `task_id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `tokens` BLOB,
  PRIMARY KEY (`task_id`)
);

CREATE TABLE `notice` (
  `id` INTEGER NOT NULL,
  `person_id` INTEGER NOT NULL,
  `seq` INTEGER NOT NULL,
  `at` INTEGER NOT NULL,
  `actor_id` INTEGER NOT NULL,
  `verb` TEXT CHECK (length(`verb`) <= 64 AND `verb` NOT GLOB '*[^ -~]*') NOT NULL,
  `task_id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `read_at` INTEGER DEFAULT 0 NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE UNIQUE INDEX `notice_person_seq` ON `notice` (`person_id`, `seq`);

CREATE INDEX `notice_person_unread` ON `notice` (`person_id`, `read_at`, `seq`);

CREATE TABLE `vault_file` (
  `id` INTEGER NOT NULL,
  `place` TEXT CHECK (length(`place`) <= 32 AND `place` NOT GLOB '*[^ -~]*') NOT NULL,
  `key_id` INTEGER NOT NULL,
  `wrapped` BLOB CHECK (length(`wrapped`) <= 128) NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE INDEX `vault_file_place` ON `vault_file` (`place`);

CREATE TABLE `vault_reseal` (
  `place` TEXT CHECK (length(`place`) <= 128 AND `place` NOT GLOB '*[^ -~]*') NOT NULL,
  `key_id` INTEGER NOT NULL,
  `key_at` INTEGER NOT NULL,
  `suite` TEXT CHECK (length(`suite`) <= 32 AND `suite` NOT GLOB '*[^ -~]*') NOT NULL,
  `last_key` INTEGER NOT NULL,
  `passes` INTEGER NOT NULL,
  `total` INTEGER NOT NULL,
  `seen` INTEGER NOT NULL,
  `moved` INTEGER NOT NULL,
  `pass_moved` INTEGER NOT NULL,
  `damaged` INTEGER NOT NULL,
  `started_at` INTEGER NOT NULL,
  `updated_at` INTEGER NOT NULL,
  `finished_at` INTEGER NOT NULL,
  PRIMARY KEY (`place`)
) WITHOUT ROWID;

CREATE TABLE `journal_key` (
  `id` INTEGER NOT NULL,
  `public` BLOB CHECK (length(`public`) <= 128) NOT NULL,
  `private` BLOB CHECK (length(`private`) <= 256) NOT NULL,
  `created_at` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE TABLE `journal_checkpoint` (
  `seq` INTEGER NOT NULL,
  `from_seq` INTEGER NOT NULL,
  `head` BLOB CHECK (length(`head`) <= 32) NOT NULL,
  `root` BLOB CHECK (length(`root`) <= 32) NOT NULL,
  `at` INTEGER NOT NULL,
  `prev` BLOB CHECK (length(`prev`) <= 32) NOT NULL,
  `signer` BLOB CHECK (length(`signer`) <= 32) NOT NULL,
  `signature` BLOB CHECK (length(`signature`) <= 80) NOT NULL,
  PRIMARY KEY (`seq`)
);

CREATE UNIQUE INDEX `journal_checkpoint_prev` ON `journal_checkpoint` (`prev`);

CREATE TABLE `journal_cut` (
  `seq` INTEGER NOT NULL,
  `head` BLOB CHECK (length(`head`) <= 32) NOT NULL,
  `at` INTEGER NOT NULL,
  `checkpoint` BLOB CHECK (length(`checkpoint`) <= 32) NOT NULL,
  `export` BLOB CHECK (length(`export`) <= 32) NOT NULL,
  `signer` BLOB CHECK (length(`signer`) <= 32) NOT NULL,
  `signature` BLOB CHECK (length(`signature`) <= 80) NOT NULL,
  PRIMARY KEY (`seq`)
);

CREATE TABLE `search_state` (
  `id` INTEGER NOT NULL,
  `epoch` INTEGER NOT NULL,
  `building` INTEGER NOT NULL,
  `next_id` INTEGER NOT NULL,
  `at_source` INTEGER NOT NULL,
  `after_id` INTEGER NOT NULL,
  `seen` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE TABLE `search_segment` (
  `id` INTEGER NOT NULL,
  `epoch` INTEGER NOT NULL,
  `status` TEXT CHECK (length(`status`) <= 10 AND `status` NOT GLOB '*[^ -~]*') NOT NULL,
  `page_bits` INTEGER NOT NULL,
  `documents` INTEGER NOT NULL,
  `token_bytes` INTEGER NOT NULL,
  `changed_at` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE TABLE `search_page` (
  `id` INTEGER NOT NULL,
  `body` BLOB,
  PRIMARY KEY (`id`)
);

CREATE TABLE `search_doc` (
  `epoch` INTEGER NOT NULL,
  `kind` INTEGER NOT NULL,
  `id` INTEGER NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`epoch`, `kind`, `id`)
) WITHOUT ROWID;

DELETE FROM search_token;

DELETE FROM search_task;

-- do: the one row of search_state;

CREATE TABLE `journal_inbox` (
  `id` INTEGER NOT NULL,
  `at` INTEGER NOT NULL,
  `actor_id` INTEGER NOT NULL,
  `real_actor_id` INTEGER NOT NULL,
  `session_id` INTEGER NOT NULL,
  `address` TEXT CHECK (length(`address`) <= 64 AND `address` NOT GLOB '*[^ -~]*') NOT NULL,
  `request_id` TEXT CHECK (length(`request_id`) <= 64 AND `request_id` NOT GLOB '*[^ -~]*') NOT NULL,
  `module` TEXT CHECK (length(`module`) <= 40 AND `module` NOT GLOB '*[^ -~]*') NOT NULL,
  `verb` TEXT CHECK (length(`verb`) <= 80 AND `verb` NOT GLOB '*[^ -~]*') NOT NULL,
  `ref_kind` TEXT CHECK (length(`ref_kind`) <= 40 AND `ref_kind` NOT GLOB '*[^ -~]*') NOT NULL,
  `ref_id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `department_id` INTEGER NOT NULL,
  `changes` BLOB,
  PRIMARY KEY (`id`)
);

ALTER TABLE `journal_reader` ADD COLUMN `code` TEXT CHECK (length(`code`) <= 80 AND `code` NOT GLOB '*[^ -~]*') DEFAULT '' NOT NULL;

CREATE TABLE `vault_object` (
  `id` INTEGER NOT NULL,
  `place` TEXT CHECK (length(`place`) <= 32 AND `place` NOT GLOB '*[^ -~]*') NOT NULL,
  `place_key` INTEGER NOT NULL,
  `body` BLOB CHECK (length(`body`) <= 700),
  PRIMARY KEY (`id`)
);

CREATE INDEX `vault_object_place` ON `vault_object` (`place`);

CREATE INDEX `vault_object_place_key` ON `vault_object` (`place_key`);

ALTER TABLE `vault_kek` ADD COLUMN `destroyed_at` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `vault_key` ADD COLUMN `emptied_at` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `vault_key` ADD COLUMN `destroyed_at` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `org_credential` ADD COLUMN `pepper_key` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `org_password` ADD COLUMN `pepper_key` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `org_department` ADD COLUMN `key_id` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `key_id` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `building_key` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `total` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `started_at` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `run_at` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `run_seen` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `noted_at` INTEGER DEFAULT 0 NOT NULL;

CREATE TABLE `journal_succession` (
  `id` INTEGER NOT NULL,
  `seq` INTEGER NOT NULL,
  `checkpoint` BLOB CHECK (length(`checkpoint`) <= 32) NOT NULL,
  `at` INTEGER NOT NULL,
  `old_key` BLOB CHECK (length(`old_key`) <= 128) NOT NULL,
  `new_key` BLOB CHECK (length(`new_key`) <= 128) NOT NULL,
  `old_signature` BLOB CHECK (length(`old_signature`) <= 80) NOT NULL,
  `new_signature` BLOB CHECK (length(`new_signature`) <= 80) NOT NULL,
  PRIMARY KEY (`id`)
);

ALTER TABLE `journal_key` ADD COLUMN `uses` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `project` ADD COLUMN `labels_version` INTEGER DEFAULT 0 NOT NULL;

CREATE TABLE `label` (
  `id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `name` BLOB CHECK (length(`name`) <= 200),
  `colour` TEXT CHECK (length(`colour`) <= 16 AND `colour` NOT GLOB '*[^ -~]*') NOT NULL,
  `created_at` INTEGER NOT NULL,
  `deleted_at` INTEGER DEFAULT 0 NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE INDEX `label_project` ON `label` (`project_id`, `deleted_at`);

ALTER TABLE `task` ADD COLUMN `start_at` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `start_all_day` INTEGER CHECK (`start_all_day` IN (0, 1)) DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `estimate` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `progress` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `label_ids` TEXT CHECK (length(`label_ids`) <= 255 AND `label_ids` NOT GLOB '*[^ -~]*') DEFAULT '' NOT NULL;

ALTER TABLE `task` ADD COLUMN `parent_id` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `sub_count` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `sub_done` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `check_count` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `check_done` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `deleted_by` INTEGER DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `deleted_with` INTEGER DEFAULT 0 NOT NULL;

CREATE INDEX `task_parent` ON `task` (`parent_id`, `deleted_at`, `id`);

CREATE INDEX `task_deleted_with` ON `task` (`deleted_with`, `id`);

CREATE TABLE `task_label` (
  `task_id` INTEGER NOT NULL,
  `label_id` INTEGER NOT NULL,
  PRIMARY KEY (`task_id`, `label_id`)
) WITHOUT ROWID;

CREATE INDEX `task_label_label` ON `task_label` (`label_id`, `task_id`);

CREATE TABLE `task_follower` (
  `task_id` INTEGER NOT NULL,
  `person_id` INTEGER NOT NULL,
  PRIMARY KEY (`task_id`, `person_id`)
) WITHOUT ROWID;

CREATE INDEX `task_follower_person` ON `task_follower` (`person_id`, `task_id`);

CREATE TABLE `task_link` (
  `id` INTEGER NOT NULL,
  `from_id` INTEGER NOT NULL,
  `to_id` INTEGER NOT NULL,
  `kind` TEXT CHECK (length(`kind`) <= 16 AND `kind` NOT GLOB '*[^ -~]*') NOT NULL,
  `lag_minutes` INTEGER DEFAULT 0 NOT NULL,
  `created_by` INTEGER NOT NULL,
  `created_at` INTEGER NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE UNIQUE INDEX `task_link_from` ON `task_link` (`from_id`, `to_id`, `kind`);

CREATE INDEX `task_link_to` ON `task_link` (`to_id`);

CREATE TABLE `task_link_lock` (
  `id` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

-- do: the one row of task_link_lock;

CREATE TABLE `file` (
  `id` INTEGER NOT NULL,
  `holder_kind` TEXT CHECK (length(`holder_kind`) <= 40 AND `holder_kind` NOT GLOB '*[^ -~]*') NOT NULL,
  `holder_id` INTEGER NOT NULL,
  `content_id` INTEGER NOT NULL,
  `name` BLOB,
  `media_type` TEXT CHECK (length(`media_type`) <= 120 AND `media_type` NOT GLOB '*[^ -~]*') DEFAULT '' NOT NULL,
  `size` INTEGER NOT NULL,
  `received` INTEGER NOT NULL,
  `state` TEXT CHECK (length(`state`) <= 16 AND `state` NOT GLOB '*[^ -~]*') NOT NULL,
  `created_by` INTEGER NOT NULL,
  `created_at` INTEGER NOT NULL,
  `changed_at` INTEGER NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE INDEX `file_holder` ON `file` (`holder_kind`, `holder_id`, `state`, `id`);

CREATE INDEX `file_state` ON `file` (`state`, `changed_at`);

CREATE TABLE `file_content` (
  `id` INTEGER NOT NULL,
  `refs` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE TABLE `file_piece` (
  `id` INTEGER NOT NULL,
  `content_id` INTEGER NOT NULL,
  `first_byte` INTEGER NOT NULL,
  `size` INTEGER NOT NULL,
  `state` TEXT CHECK (length(`state`) <= 16 AND `state` NOT GLOB '*[^ -~]*') NOT NULL,
  `created_at` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE INDEX `file_piece_content` ON `file_piece` (`content_id`, `first_byte`);

CREATE INDEX `file_piece_state` ON `file_piece` (`state`, `created_at`);

CREATE TABLE `file_seen` (
  `file_id` INTEGER NOT NULL,
  `person_id` INTEGER NOT NULL,
  `kind` TEXT CHECK (length(`kind`) <= 16 AND `kind` NOT GLOB '*[^ -~]*') NOT NULL,
  `seen_at` INTEGER NOT NULL,
  PRIMARY KEY (`file_id`, `person_id`, `kind`, `seen_at`)
) WITHOUT ROWID;

CREATE INDEX `file_seen_at` ON `file_seen` (`seen_at`);

CREATE TABLE `workday_document` (
  `id` INTEGER NOT NULL,
  `body` BLOB,
  `updated_at` INTEGER NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE TABLE `recurrence` (
  `id` INTEGER NOT NULL,
  `task_id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `state` TEXT CHECK (length(`state`) <= 16 AND `state` NOT GLOB '*[^ -~]*') NOT NULL,
  `reason` TEXT CHECK (length(`reason`) <= 16 AND `reason` NOT GLOB '*[^ -~]*') DEFAULT '' NOT NULL,
  `rule` BLOB,
  `set_by` INTEGER NOT NULL,
  `made` INTEGER NOT NULL,
  `updated_at` INTEGER NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE UNIQUE INDEX `recurrence_task` ON `recurrence` (`task_id`);

CREATE INDEX `recurrence_project` ON `recurrence` (`project_id`, `state`);

CREATE TABLE `reminder` (
  `id` INTEGER NOT NULL,
  `task_id` INTEGER NOT NULL,
  `person_id` INTEGER NOT NULL,
  `anchor` TEXT CHECK (length(`anchor`) <= 16 AND `anchor` NOT GLOB '*[^ -~]*') NOT NULL,
  `ahead` INTEGER NOT NULL,
  `clock_minute` INTEGER NOT NULL,
  `fixed_at` INTEGER NOT NULL,
  `repeat_every` INTEGER NOT NULL,
  `base_at` INTEGER NOT NULL,
  `next_at` INTEGER NOT NULL,
  `fired_at` INTEGER NOT NULL,
  `times` INTEGER NOT NULL,
  `created_at` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE INDEX `reminder_task_person` ON `reminder` (`task_id`, `person_id`);

CREATE INDEX `reminder_next` ON `reminder` (`next_at`, `id`);

CREATE TABLE `notify_preference` (
  `person_id` INTEGER NOT NULL,
  `inapp_off` TEXT CHECK (length(`inapp_off`) <= 255 AND `inapp_off` NOT GLOB '*[^ -~]*') NOT NULL,
  `mail_on` TEXT CHECK (length(`mail_on`) <= 255 AND `mail_on` NOT GLOB '*[^ -~]*') NOT NULL,
  `quiet` INTEGER CHECK (`quiet` IN (0, 1)) NOT NULL,
  `quiet_from` INTEGER NOT NULL,
  `quiet_to` INTEGER NOT NULL,
  `quiet_days` TEXT CHECK (length(`quiet_days`) <= 16 AND `quiet_days` NOT GLOB '*[^ -~]*') NOT NULL,
  `digest` TEXT CHECK (length(`digest`) <= 16 AND `digest` NOT GLOB '*[^ -~]*') NOT NULL,
  `digest_at` INTEGER NOT NULL,
  PRIMARY KEY (`person_id`)
);

CREATE TABLE `notify_outbox` (
  `id` INTEGER NOT NULL,
  `person_id` INTEGER NOT NULL,
  `seq` INTEGER NOT NULL,
  `at` INTEGER NOT NULL,
  `actor_id` INTEGER NOT NULL,
  `verb` TEXT CHECK (length(`verb`) <= 64 AND `verb` NOT GLOB '*[^ -~]*') NOT NULL,
  `task_id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `due_at` INTEGER NOT NULL,
  `state` TEXT CHECK (length(`state`) <= 16 AND `state` NOT GLOB '*[^ -~]*') NOT NULL,
  `batch_id` INTEGER NOT NULL,
  `lease_until` INTEGER NOT NULL,
  `tries` INTEGER NOT NULL,
  `done_at` INTEGER NOT NULL,
  `problem` BLOB,
  PRIMARY KEY (`id`)
);

CREATE UNIQUE INDEX `notify_outbox_once` ON `notify_outbox` (`person_id`, `seq`);

CREATE INDEX `notify_outbox_due` ON `notify_outbox` (`state`, `due_at`);

CREATE INDEX `notify_outbox_list` ON `notify_outbox` (`state`, `id`);

CREATE INDEX `notify_outbox_batch` ON `notify_outbox` (`batch_id`);

CREATE TABLE `notify_mail` (
  `id` INTEGER NOT NULL,
  `enabled` INTEGER CHECK (`enabled` IN (0, 1)) NOT NULL,
  `settings` BLOB,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE TABLE `field_definition` (
  `id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `kind` TEXT CHECK (length(`kind`) <= 32 AND `kind` NOT GLOB '*[^ -~]*') NOT NULL,
  `name` BLOB,
  `help` BLOB,
  `settings` BLOB,
  `place` INTEGER NOT NULL,
  `created_at` INTEGER NOT NULL,
  `deleted_at` INTEGER DEFAULT 0 NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE INDEX `field_definition_project` ON `field_definition` (`project_id`, `deleted_at`);

CREATE TABLE `field_value` (
  `id` INTEGER NOT NULL,
  `task_id` INTEGER NOT NULL,
  `field_id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `content` BLOB,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE UNIQUE INDEX `field_value_task` ON `field_value` (`task_id`, `field_id`);

CREATE TABLE `calendar_feed` (
  `id` INTEGER NOT NULL,
  `person_id` INTEGER NOT NULL,
  `place` INTEGER NOT NULL,
  `name` BLOB CHECK (length(`name`) <= 300),
  `hash` TEXT CHECK (length(`hash`) <= 64 AND `hash` NOT GLOB '*[^ -~]*') NOT NULL,
  `created_at` INTEGER NOT NULL,
  `read_at` INTEGER DEFAULT 0 NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE UNIQUE INDEX `calendar_feed_place` ON `calendar_feed` (`person_id`, `place`);

CREATE UNIQUE INDEX `calendar_feed_hash` ON `calendar_feed` (`hash`);

CREATE TABLE `exchange_import` (
  `id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `person_id` INTEGER NOT NULL,
  `kind` TEXT CHECK (length(`kind`) <= 16 AND `kind` NOT GLOB '*[^ -~]*') NOT NULL,
  `settings` BLOB,
  `total` INTEGER NOT NULL,
  `done` INTEGER NOT NULL,
  `created_at` INTEGER NOT NULL,
  `expires_at` INTEGER NOT NULL,
  `finished_at` INTEGER DEFAULT 0 NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE INDEX `exchange_import_expires` ON `exchange_import` (`expires_at`);

CREATE TABLE `exchange_made` (
  `import_id` INTEGER NOT NULL,
  `source_row` INTEGER NOT NULL,
  `task_id` INTEGER NOT NULL,
  PRIMARY KEY (`import_id`, `source_row`)
) WITHOUT ROWID;

CREATE TABLE `view_saved` (
  `id` INTEGER NOT NULL,
  `project_id` INTEGER NOT NULL,
  `owner_id` INTEGER NOT NULL,
  `kind` TEXT CHECK (length(`kind`) <= 20 AND `kind` NOT GLOB '*[^ -~]*') NOT NULL,
  `name` BLOB CHECK (length(`name`) <= 400),
  `definition` BLOB,
  `shared` INTEGER CHECK (`shared` IN (0, 1)) DEFAULT 0 NOT NULL,
  `created_at` INTEGER NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE INDEX `view_saved_owner` ON `view_saved` (`owner_id`, `project_id`, `id`);

CREATE INDEX `view_saved_shared` ON `view_saved` (`project_id`, `shared`, `id`);

CREATE INDEX `task_due` ON `task` (`project_id`, `deleted_at`, `due_at`, `id`);

CREATE INDEX `task_start` ON `task` (`project_id`, `deleted_at`, `start_at`, `id`);

CREATE INDEX `task_updated` ON `task` (`project_id`, `deleted_at`, `updated_at`, `id`);

CREATE INDEX `task_priority` ON `task` (`project_id`, `deleted_at`, `priority`, `id`);

CREATE TABLE `comment_reaction` (
  `comment_id` INTEGER NOT NULL,
  `name` TEXT CHECK (length(`name`) <= 20 AND `name` NOT GLOB '*[^ -~]*') NOT NULL,
  `person_id` INTEGER NOT NULL,
  `created_at` INTEGER NOT NULL,
  PRIMARY KEY (`comment_id`, `name`, `person_id`)
) WITHOUT ROWID;

CREATE TABLE `checklist_item` (
  `id` INTEGER NOT NULL,
  `task_id` INTEGER NOT NULL,
  `text` BLOB,
  `sort_key` TEXT CHECK (length(`sort_key`) <= 100 AND `sort_key` NOT GLOB '*[^ -~]*') NOT NULL,
  `assignee_id` INTEGER DEFAULT 0 NOT NULL,
  `due_at` INTEGER DEFAULT 0 NOT NULL,
  `due_all_day` INTEGER CHECK (`due_all_day` IN (0, 1)) DEFAULT 0 NOT NULL,
  `done_at` INTEGER DEFAULT 0 NOT NULL,
  `done_by` INTEGER DEFAULT 0 NOT NULL,
  `created_at` INTEGER NOT NULL,
  `version` INTEGER NOT NULL,
  PRIMARY KEY (`id`)
);

CREATE INDEX `checklist_item_task` ON `checklist_item` (`task_id`, `sort_key`);
