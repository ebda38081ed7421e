-- create table
CREATE TABLE `sample` (
  `id` BIGINT NOT NULL,
  `count` BIGINT DEFAULT 0 NOT NULL,
  `done` TINYINT DEFAULT 0 NOT NULL,
  `due_at` BIGINT,
  `status` VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin DEFAULT 'open' NOT NULL,
  `label` VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  `settings` MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  `title` VARBINARY(1000) NOT NULL,
  `description` MEDIUMBLOB,
  `hash` VARBINARY(32),
  PRIMARY KEY (`id`),
  KEY `sample_status` (`status`, `due_at`, `id`),
  UNIQUE KEY `sample_hash` (`hash`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- create table with a key of two columns
CREATE TABLE `sample_link` (
  `sample_id` BIGINT NOT NULL,
  `kind` VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (`sample_id`, `kind`)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- add column
ALTER TABLE `sample` ADD COLUMN `note` VARCHAR(50) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT '' NOT NULL;

-- create index
CREATE INDEX `sample_label` ON `sample` (`label`);

-- drop index
DROP INDEX `sample_label` ON `sample`;

-- insert two
INSERT INTO `sample` (`id`, `status`) VALUES (?,?),(?,?);

-- upsert one
INSERT INTO `sample` (`id`, `status`, `count`) VALUES (?,?,?) ON DUPLICATE KEY UPDATE `status` = VALUES(`status`), `count` = VALUES(`count`);

-- upsert two by two keys
INSERT INTO `sample_link` (`sample_id`, `kind`, `rank`) VALUES (?,?,?),(?,?,?) ON DUPLICATE KEY UPDATE `rank` = VALUES(`rank`);

-- upsert of nothing but keys
INSERT IGNORE INTO `sample_link` (`sample_id`, `kind`) VALUES (?,?);

-- insert ignore two
INSERT IGNORE INTO `sample_link` (`sample_id`, `kind`) VALUES (?,?),(?,?);

-- lock a row
SELECT `id` FROM `sample` WHERE `id` = ? FOR UPDATE;

-- catalogue [sample]
SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?;

-- catalogue [sample id]
SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?;

-- catalogue [sample sample_hash]
SELECT COUNT(DISTINCT index_name) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ?;

-- catalogue [sample]
SELECT column_name, column_type FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position;

-- catalogue [sample]
SELECT DISTINCT index_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? AND index_name <> 'PRIMARY';

