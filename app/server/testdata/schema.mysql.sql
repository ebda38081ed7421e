CREATE TABLE `lease` (
  `name` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `holder` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `epoch` BIGINT NOT NULL,
  `until` BIGINT NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `schema_migration` (
  `id` VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `module` VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `checksum` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `applied_at` BIGINT NOT NULL,
  `duration` BIGINT NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `vault_kek` (
  `version` BIGINT NOT NULL,
  `root_check` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `key_check` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `wrapped` VARBINARY(128) NOT NULL,
  `created_at` BIGINT NOT NULL,
  `retired_at` BIGINT NOT NULL,
  PRIMARY KEY (`version`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `vault_key` (
  `id` BIGINT NOT NULL,
  `purpose` VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `epoch` BIGINT NOT NULL,
  `kek_version` BIGINT NOT NULL,
  `key_check` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `wrapped` VARBINARY(128) NOT NULL,
  `used` BIGINT NOT NULL,
  `created_at` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `vault_key_epoch` (`purpose`, `epoch`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `idempotency` (
  `hash` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `person_id` BIGINT NOT NULL,
  `operation` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `request` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `status` BIGINT NOT NULL,
  `content_type` VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `body` MEDIUMBLOB,
  `expires_at` BIGINT NOT NULL,
  PRIMARY KEY (`hash`),
  KEY `idempotency_expiry` (`expires_at`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `access_role` (
  `person_id` BIGINT NOT NULL,
  `slot` VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `role` VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `created_at` BIGINT NOT NULL,
  PRIMARY KEY (`person_id`, `slot`),
  KEY `access_role_holders` (`role`, `person_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `journal` (
  `id` BIGINT NOT NULL,
  `at` BIGINT NOT NULL,
  `actor_id` BIGINT NOT NULL,
  `real_actor_id` BIGINT NOT NULL,
  `session_id` BIGINT NOT NULL,
  `address` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `request_id` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `module` VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `verb` VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `ref_kind` VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `ref_id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `department_id` BIGINT NOT NULL,
  `changes` MEDIUMBLOB,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `journal_pending` (
  `id` BIGINT NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `journal_chain` (
  `seq` BIGINT NOT NULL,
  `journal_id` BIGINT NOT NULL,
  `hash` VARBINARY(32) NOT NULL,
  `at` BIGINT NOT NULL,
  `actor_id` BIGINT NOT NULL,
  `module` VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `verb` VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `ref_kind` VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `ref_id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  PRIMARY KEY (`seq`),
  UNIQUE KEY `journal_chain_journal_id` (`journal_id`),
  KEY `journal_chain_ref` (`ref_id`, `ref_kind`, `seq`),
  KEY `journal_chain_project` (`project_id`, `seq`),
  KEY `journal_chain_actor` (`actor_id`, `seq`),
  KEY `journal_chain_verb` (`verb`, `seq`),
  KEY `journal_chain_at` (`at`, `seq`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `journal_reader` (
  `name` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `seq` BIGINT NOT NULL,
  `attempts` BIGINT NOT NULL,
  `error` VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `parked_at` BIGINT NOT NULL,
  `updated_at` BIGINT NOT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- do: begin the chain;

CREATE TABLE `access_member` (
  `project_id` BIGINT NOT NULL,
  `person_id` BIGINT NOT NULL,
  `role` VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `created_at` BIGINT NOT NULL,
  PRIMARY KEY (`project_id`, `person_id`),
  KEY `access_member_person` (`person_id`, `project_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `org_organisation` (
  `id` BIGINT NOT NULL,
  `name` VARBINARY(500),
  `set_up_at` BIGINT DEFAULT 0 NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `org_department` (
  `id` BIGINT NOT NULL,
  `parent_id` BIGINT NOT NULL,
  `name` VARBINARY(500),
  `name_key` BIGINT NOT NULL,
  `sort_rank` BIGINT NOT NULL,
  `version` BIGINT NOT NULL,
  `created_at` BIGINT NOT NULL,
  `updated_at` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `org_department_name` (`parent_id`, `name_key`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `org_person` (
  `id` BIGINT NOT NULL,
  `account` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `name` VARBINARY(500),
  `email` VARBINARY(900),
  `phone` VARBINARY(900),
  `department_id` BIGINT NOT NULL,
  `status` VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `language` VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `theme` VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `must_change` TINYINT NOT NULL,
  `password_at` BIGINT NOT NULL,
  `last_login_at` BIGINT NOT NULL,
  `version` BIGINT NOT NULL,
  `created_at` BIGINT NOT NULL,
  `updated_at` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `org_person_account` (`account`),
  KEY `org_person_department` (`department_id`, `id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `org_credential` (
  `person_id` BIGINT NOT NULL,
  `salt` VARBINARY(16) NOT NULL,
  `iterations` BIGINT NOT NULL,
  `digest` VARBINARY(64) NOT NULL,
  `one_time_until` BIGINT NOT NULL,
  PRIMARY KEY (`person_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `org_password` (
  `person_id` BIGINT NOT NULL,
  `id` BIGINT NOT NULL,
  `salt` VARBINARY(16) NOT NULL,
  `iterations` BIGINT NOT NULL,
  `digest` VARBINARY(64) NOT NULL,
  PRIMARY KEY (`person_id`, `id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `org_session` (
  `id` BIGINT NOT NULL,
  `person_id` BIGINT NOT NULL,
  `token_hash` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `address` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `agent` VARBINARY(1000),
  `created_at` BIGINT NOT NULL,
  `last_seen_at` BIGINT NOT NULL,
  `expires_at` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `org_session_token` (`token_hash`),
  KEY `org_session_person` (`person_id`, `id`),
  KEY `org_session_expiry` (`expires_at`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `org_attempt` (
  `id` BIGINT NOT NULL,
  `failures` BIGINT NOT NULL,
  `last_at` BIGINT NOT NULL,
  `locked_until` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `org_attempt_last` (`last_at`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `project` (
  `id` BIGINT NOT NULL,
  `code` VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `name` VARBINARY(500),
  `description` MEDIUMBLOB,
  `visibility` VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `department_id` BIGINT DEFAULT 0 NOT NULL,
  `colour` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `created_by` BIGINT NOT NULL,
  `created_at` BIGINT NOT NULL,
  `updated_at` BIGINT NOT NULL,
  `archived_at` BIGINT DEFAULT 0 NOT NULL,
  `next_number` BIGINT DEFAULT 1 NOT NULL,
  `first_state_id` BIGINT DEFAULT 0 NOT NULL,
  `states_version` BIGINT DEFAULT 0 NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `project_code` (`code`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `board_state` (
  `id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `name` VARBINARY(500),
  `category` VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `colour` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `sort_key` VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `wip_limit` BIGINT DEFAULT 0 NOT NULL,
  `created_at` BIGINT NOT NULL,
  `deleted_at` BIGINT DEFAULT 0 NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `board_state_project` (`project_id`, `deleted_at`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `task` (
  `id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `number` BIGINT NOT NULL,
  `title` MEDIUMBLOB,
  `description` MEDIUMBLOB,
  `state_id` BIGINT NOT NULL,
  `sort_key` VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `priority` VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `due_at` BIGINT DEFAULT 0 NOT NULL,
  `due_all_day` TINYINT DEFAULT 0 NOT NULL,
  `done_at` BIGINT DEFAULT 0 NOT NULL,
  `created_by` BIGINT NOT NULL,
  `created_at` BIGINT NOT NULL,
  `updated_at` BIGINT NOT NULL,
  `comment_count` BIGINT DEFAULT 0 NOT NULL,
  `deleted_at` BIGINT DEFAULT 0 NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `task_number` (`project_id`, `number`),
  KEY `task_list` (`project_id`, `deleted_at`, `id`),
  KEY `task_board` (`project_id`, `deleted_at`, `done_at`),
  KEY `task_column` (`state_id`, `deleted_at`, `sort_key`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `task_assignee` (
  `task_id` BIGINT NOT NULL,
  `person_id` BIGINT NOT NULL,
  PRIMARY KEY (`task_id`, `person_id`),
  KEY `task_assignee_person` (`person_id`, `task_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `task_comment` (
  `id` BIGINT NOT NULL,
  `task_id` BIGINT NOT NULL,
  `author_id` BIGINT NOT NULL,
  `text` MEDIUMBLOB,
  `created_at` BIGINT NOT NULL,
  `edited_at` BIGINT DEFAULT 0 NOT NULL,
  `deleted_at` BIGINT DEFAULT 0 NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `task_comment_task` (`task_id`, `deleted_at`, `id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `search_token` (
  `token` BIGINT NOT NULL,
  `task_id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  PRIMARY KEY (`token`, `task_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `search_task` (
  `task_id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `tokens` MEDIUMBLOB,
  PRIMARY KEY (`task_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `notice` (
  `id` BIGINT NOT NULL,
  `person_id` BIGINT NOT NULL,
  `seq` BIGINT NOT NULL,
  `at` BIGINT NOT NULL,
  `actor_id` BIGINT NOT NULL,
  `verb` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `task_id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `read_at` BIGINT DEFAULT 0 NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `notice_person_seq` (`person_id`, `seq`),
  KEY `notice_person_unread` (`person_id`, `read_at`, `seq`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `vault_file` (
  `id` BIGINT NOT NULL,
  `place` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `key_id` BIGINT NOT NULL,
  `wrapped` VARBINARY(128) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `vault_file_place` (`place`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `vault_reseal` (
  `place` VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `key_id` BIGINT NOT NULL,
  `key_at` BIGINT NOT NULL,
  `suite` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `last_key` BIGINT NOT NULL,
  `passes` BIGINT NOT NULL,
  `total` BIGINT NOT NULL,
  `seen` BIGINT NOT NULL,
  `moved` BIGINT NOT NULL,
  `pass_moved` BIGINT NOT NULL,
  `damaged` BIGINT NOT NULL,
  `started_at` BIGINT NOT NULL,
  `updated_at` BIGINT NOT NULL,
  `finished_at` BIGINT NOT NULL,
  PRIMARY KEY (`place`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `journal_key` (
  `id` BIGINT NOT NULL,
  `public` VARBINARY(128) NOT NULL,
  `private` VARBINARY(256) NOT NULL,
  `created_at` BIGINT NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `journal_checkpoint` (
  `seq` BIGINT NOT NULL,
  `from_seq` BIGINT NOT NULL,
  `head` VARBINARY(32) NOT NULL,
  `root` VARBINARY(32) NOT NULL,
  `at` BIGINT NOT NULL,
  `prev` VARBINARY(32) NOT NULL,
  `signer` VARBINARY(32) NOT NULL,
  `signature` VARBINARY(80) NOT NULL,
  PRIMARY KEY (`seq`),
  UNIQUE KEY `journal_checkpoint_prev` (`prev`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `journal_cut` (
  `seq` BIGINT NOT NULL,
  `head` VARBINARY(32) NOT NULL,
  `at` BIGINT NOT NULL,
  `checkpoint` VARBINARY(32) NOT NULL,
  `export` VARBINARY(32) NOT NULL,
  `signer` VARBINARY(32) NOT NULL,
  `signature` VARBINARY(80) NOT NULL,
  PRIMARY KEY (`seq`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `search_state` (
  `id` BIGINT NOT NULL,
  `epoch` BIGINT NOT NULL,
  `building` BIGINT NOT NULL,
  `next_id` BIGINT NOT NULL,
  `at_source` BIGINT NOT NULL,
  `after_id` BIGINT NOT NULL,
  `seen` BIGINT NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `search_segment` (
  `id` BIGINT NOT NULL,
  `epoch` BIGINT NOT NULL,
  `status` VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `page_bits` BIGINT NOT NULL,
  `documents` BIGINT NOT NULL,
  `token_bytes` BIGINT NOT NULL,
  `changed_at` BIGINT NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `search_page` (
  `id` BIGINT NOT NULL,
  `body` MEDIUMBLOB,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `search_doc` (
  `epoch` BIGINT NOT NULL,
  `kind` BIGINT NOT NULL,
  `id` BIGINT NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`epoch`, `kind`, `id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

DELETE FROM search_token;

DELETE FROM search_task;

-- do: the one row of search_state;

CREATE TABLE `journal_inbox` (
  `id` BIGINT NOT NULL,
  `at` BIGINT NOT NULL,
  `actor_id` BIGINT NOT NULL,
  `real_actor_id` BIGINT NOT NULL,
  `session_id` BIGINT NOT NULL,
  `address` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `request_id` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `module` VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `verb` VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `ref_kind` VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `ref_id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `department_id` BIGINT NOT NULL,
  `changes` MEDIUMBLOB,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

ALTER TABLE `journal_reader` ADD COLUMN `code` VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin DEFAULT '' NOT NULL;

CREATE TABLE `vault_object` (
  `id` BIGINT NOT NULL,
  `place` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `place_key` BIGINT NOT NULL,
  `body` VARBINARY(700),
  PRIMARY KEY (`id`),
  KEY `vault_object_place` (`place`),
  KEY `vault_object_place_key` (`place_key`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

ALTER TABLE `vault_kek` ADD COLUMN `destroyed_at` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `vault_key` ADD COLUMN `emptied_at` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `vault_key` ADD COLUMN `destroyed_at` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `org_credential` ADD COLUMN `pepper_key` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `org_password` ADD COLUMN `pepper_key` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `org_department` ADD COLUMN `key_id` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `key_id` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `building_key` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `total` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `started_at` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `run_at` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `run_seen` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `search_state` ADD COLUMN `noted_at` BIGINT DEFAULT 0 NOT NULL;

CREATE TABLE `journal_succession` (
  `id` BIGINT NOT NULL,
  `seq` BIGINT NOT NULL,
  `checkpoint` VARBINARY(32) NOT NULL,
  `at` BIGINT NOT NULL,
  `old_key` VARBINARY(128) NOT NULL,
  `new_key` VARBINARY(128) NOT NULL,
  `old_signature` VARBINARY(80) NOT NULL,
  `new_signature` VARBINARY(80) NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

ALTER TABLE `journal_key` ADD COLUMN `uses` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `project` ADD COLUMN `labels_version` BIGINT DEFAULT 0 NOT NULL;

CREATE TABLE `label` (
  `id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `name` VARBINARY(200),
  `colour` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `created_at` BIGINT NOT NULL,
  `deleted_at` BIGINT DEFAULT 0 NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `label_project` (`project_id`, `deleted_at`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

ALTER TABLE `task` ADD COLUMN `start_at` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `start_all_day` TINYINT DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `estimate` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `progress` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `label_ids` VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin DEFAULT '' NOT NULL;

ALTER TABLE `task` ADD COLUMN `parent_id` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `sub_count` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `sub_done` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `check_count` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `check_done` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `deleted_by` BIGINT DEFAULT 0 NOT NULL;

ALTER TABLE `task` ADD COLUMN `deleted_with` BIGINT DEFAULT 0 NOT NULL;

CREATE INDEX `task_parent` ON `task` (`parent_id`, `deleted_at`, `id`);

CREATE INDEX `task_deleted_with` ON `task` (`deleted_with`, `id`);

CREATE TABLE `task_label` (
  `task_id` BIGINT NOT NULL,
  `label_id` BIGINT NOT NULL,
  PRIMARY KEY (`task_id`, `label_id`),
  KEY `task_label_label` (`label_id`, `task_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `task_follower` (
  `task_id` BIGINT NOT NULL,
  `person_id` BIGINT NOT NULL,
  PRIMARY KEY (`task_id`, `person_id`),
  KEY `task_follower_person` (`person_id`, `task_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `task_link` (
  `id` BIGINT NOT NULL,
  `from_id` BIGINT NOT NULL,
  `to_id` BIGINT NOT NULL,
  `kind` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `lag_minutes` BIGINT DEFAULT 0 NOT NULL,
  `created_by` BIGINT NOT NULL,
  `created_at` BIGINT NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `task_link_from` (`from_id`, `to_id`, `kind`),
  KEY `task_link_to` (`to_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `task_link_lock` (
  `id` BIGINT NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- do: the one row of task_link_lock;

CREATE TABLE `file` (
  `id` BIGINT NOT NULL,
  `holder_kind` VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `holder_id` BIGINT NOT NULL,
  `content_id` BIGINT NOT NULL,
  `name` MEDIUMBLOB,
  `media_type` VARCHAR(120) CHARACTER SET ascii COLLATE ascii_bin DEFAULT '' NOT NULL,
  `size` BIGINT NOT NULL,
  `received` BIGINT NOT NULL,
  `state` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `created_by` BIGINT NOT NULL,
  `created_at` BIGINT NOT NULL,
  `changed_at` BIGINT NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `file_holder` (`holder_kind`, `holder_id`, `state`, `id`),
  KEY `file_state` (`state`, `changed_at`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `file_content` (
  `id` BIGINT NOT NULL,
  `refs` BIGINT NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `file_piece` (
  `id` BIGINT NOT NULL,
  `content_id` BIGINT NOT NULL,
  `first_byte` BIGINT NOT NULL,
  `size` BIGINT NOT NULL,
  `state` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `created_at` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `file_piece_content` (`content_id`, `first_byte`),
  KEY `file_piece_state` (`state`, `created_at`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `file_seen` (
  `file_id` BIGINT NOT NULL,
  `person_id` BIGINT NOT NULL,
  `kind` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `seen_at` BIGINT NOT NULL,
  PRIMARY KEY (`file_id`, `person_id`, `kind`, `seen_at`),
  KEY `file_seen_at` (`seen_at`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `workday_document` (
  `id` BIGINT NOT NULL,
  `body` MEDIUMBLOB,
  `updated_at` BIGINT NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `recurrence` (
  `id` BIGINT NOT NULL,
  `task_id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `state` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `reason` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin DEFAULT '' NOT NULL,
  `rule` MEDIUMBLOB,
  `set_by` BIGINT NOT NULL,
  `made` BIGINT NOT NULL,
  `updated_at` BIGINT NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `recurrence_task` (`task_id`),
  KEY `recurrence_project` (`project_id`, `state`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `reminder` (
  `id` BIGINT NOT NULL,
  `task_id` BIGINT NOT NULL,
  `person_id` BIGINT NOT NULL,
  `anchor` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `ahead` BIGINT NOT NULL,
  `clock_minute` BIGINT NOT NULL,
  `fixed_at` BIGINT NOT NULL,
  `repeat_every` BIGINT NOT NULL,
  `base_at` BIGINT NOT NULL,
  `next_at` BIGINT NOT NULL,
  `fired_at` BIGINT NOT NULL,
  `times` BIGINT NOT NULL,
  `created_at` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `reminder_task_person` (`task_id`, `person_id`),
  KEY `reminder_next` (`next_at`, `id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `notify_preference` (
  `person_id` BIGINT NOT NULL,
  `inapp_off` VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `mail_on` VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `quiet` TINYINT NOT NULL,
  `quiet_from` BIGINT NOT NULL,
  `quiet_to` BIGINT NOT NULL,
  `quiet_days` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `digest` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `digest_at` BIGINT NOT NULL,
  PRIMARY KEY (`person_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `notify_outbox` (
  `id` BIGINT NOT NULL,
  `person_id` BIGINT NOT NULL,
  `seq` BIGINT NOT NULL,
  `at` BIGINT NOT NULL,
  `actor_id` BIGINT NOT NULL,
  `verb` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `task_id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `due_at` BIGINT NOT NULL,
  `state` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `batch_id` BIGINT NOT NULL,
  `lease_until` BIGINT NOT NULL,
  `tries` BIGINT NOT NULL,
  `done_at` BIGINT NOT NULL,
  `problem` MEDIUMBLOB,
  PRIMARY KEY (`id`),
  UNIQUE KEY `notify_outbox_once` (`person_id`, `seq`),
  KEY `notify_outbox_due` (`state`, `due_at`),
  KEY `notify_outbox_list` (`state`, `id`),
  KEY `notify_outbox_batch` (`batch_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `notify_mail` (
  `id` BIGINT NOT NULL,
  `enabled` TINYINT NOT NULL,
  `settings` MEDIUMBLOB,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `field_definition` (
  `id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `kind` VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `name` MEDIUMBLOB,
  `help` MEDIUMBLOB,
  `settings` MEDIUMBLOB,
  `place` BIGINT NOT NULL,
  `created_at` BIGINT NOT NULL,
  `deleted_at` BIGINT DEFAULT 0 NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `field_definition_project` (`project_id`, `deleted_at`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `field_value` (
  `id` BIGINT NOT NULL,
  `task_id` BIGINT NOT NULL,
  `field_id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `content` MEDIUMBLOB,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `field_value_task` (`task_id`, `field_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `calendar_feed` (
  `id` BIGINT NOT NULL,
  `person_id` BIGINT NOT NULL,
  `place` BIGINT NOT NULL,
  `name` VARBINARY(300),
  `hash` VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `created_at` BIGINT NOT NULL,
  `read_at` BIGINT DEFAULT 0 NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `calendar_feed_place` (`person_id`, `place`),
  UNIQUE KEY `calendar_feed_hash` (`hash`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `exchange_import` (
  `id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `person_id` BIGINT NOT NULL,
  `kind` VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `settings` MEDIUMBLOB,
  `total` BIGINT NOT NULL,
  `done` BIGINT NOT NULL,
  `created_at` BIGINT NOT NULL,
  `expires_at` BIGINT NOT NULL,
  `finished_at` BIGINT DEFAULT 0 NOT NULL,
  PRIMARY KEY (`id`),
  KEY `exchange_import_expires` (`expires_at`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `exchange_made` (
  `import_id` BIGINT NOT NULL,
  `source_row` BIGINT NOT NULL,
  `task_id` BIGINT NOT NULL,
  PRIMARY KEY (`import_id`, `source_row`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `view_saved` (
  `id` BIGINT NOT NULL,
  `project_id` BIGINT NOT NULL,
  `owner_id` BIGINT NOT NULL,
  `kind` VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `name` VARBINARY(400),
  `definition` MEDIUMBLOB,
  `shared` TINYINT DEFAULT 0 NOT NULL,
  `created_at` BIGINT NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `view_saved_owner` (`owner_id`, `project_id`, `id`),
  KEY `view_saved_shared` (`project_id`, `shared`, `id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE INDEX `task_due` ON `task` (`project_id`, `deleted_at`, `due_at`, `id`);

CREATE INDEX `task_start` ON `task` (`project_id`, `deleted_at`, `start_at`, `id`);

CREATE INDEX `task_updated` ON `task` (`project_id`, `deleted_at`, `updated_at`, `id`);

CREATE INDEX `task_priority` ON `task` (`project_id`, `deleted_at`, `priority`, `id`);

CREATE TABLE `comment_reaction` (
  `comment_id` BIGINT NOT NULL,
  `name` VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `person_id` BIGINT NOT NULL,
  `created_at` BIGINT NOT NULL,
  PRIMARY KEY (`comment_id`, `name`, `person_id`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE `checklist_item` (
  `id` BIGINT NOT NULL,
  `task_id` BIGINT NOT NULL,
  `text` MEDIUMBLOB,
  `sort_key` VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `assignee_id` BIGINT DEFAULT 0 NOT NULL,
  `due_at` BIGINT DEFAULT 0 NOT NULL,
  `due_all_day` TINYINT DEFAULT 0 NOT NULL,
  `done_at` BIGINT DEFAULT 0 NOT NULL,
  `done_by` BIGINT DEFAULT 0 NOT NULL,
  `created_at` BIGINT NOT NULL,
  `version` BIGINT NOT NULL,
  PRIMARY KEY (`id`),
  KEY `checklist_item_task` (`task_id`, `sort_key`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
