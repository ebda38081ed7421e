-- create table
CREATE TABLE `sample` (
  `id` INTEGER NOT NULL,
  `count` INTEGER DEFAULT 0 NOT NULL,
  `done` INTEGER CHECK (`done` IN (0, 1)) DEFAULT 0 NOT NULL,
  `due_at` INTEGER,
  `status` TEXT CHECK (length(`status`) <= 20 AND `status` NOT GLOB '*[^ -~]*') DEFAULT 'open' NOT NULL,
  `label` TEXT CHECK (length(`label`) <= 100),
  `settings` TEXT,
  `title` BLOB CHECK (length(`title`) <= 1000) NOT NULL,
  `description` BLOB,
  `hash` BLOB CHECK (length(`hash`) <= 32),
  PRIMARY KEY (`id`)
);
CREATE INDEX `sample_status` ON `sample` (`status`, `due_at`, `id`);
CREATE UNIQUE INDEX `sample_hash` ON `sample` (`hash`);

-- create table with a key of two columns
CREATE TABLE `sample_link` (
  `sample_id` INTEGER NOT NULL,
  `kind` TEXT CHECK (length(`kind`) <= 10 AND `kind` NOT GLOB '*[^ -~]*') NOT NULL,
  PRIMARY KEY (`sample_id`, `kind`)
) WITHOUT ROWID;

-- add column
ALTER TABLE `sample` ADD COLUMN `note` TEXT CHECK (length(`note`) <= 50) DEFAULT '' NOT NULL;

-- create index
CREATE INDEX `sample_label` ON `sample` (`label`);

-- drop index
DROP INDEX `sample_label`;

-- insert two
INSERT INTO `sample` (`id`, `status`) VALUES (?,?),(?,?);

-- upsert one
INSERT INTO `sample` (`id`, `status`, `count`) VALUES (?,?,?) ON CONFLICT (`id`) DO UPDATE SET `status` = excluded.`status`, `count` = excluded.`count`;

-- upsert two by two keys
INSERT INTO `sample_link` (`sample_id`, `kind`, `rank`) VALUES (?,?,?),(?,?,?) ON CONFLICT (`sample_id`, `kind`) DO UPDATE SET `rank` = excluded.`rank`;

-- upsert of nothing but keys
INSERT INTO `sample_link` (`sample_id`, `kind`) VALUES (?,?) ON CONFLICT (`sample_id`, `kind`) DO NOTHING;

-- insert ignore two
INSERT INTO `sample_link` (`sample_id`, `kind`) VALUES (?,?),(?,?) ON CONFLICT (`sample_id`, `kind`) DO NOTHING;

-- lock a row
SELECT `id` FROM `sample` WHERE `id` = ?;

-- catalogue [sample]
SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?;

-- catalogue [sample id]
SELECT COUNT(*) FROM pragma_table_info(?) WHERE name = ?;

-- catalogue [sample sample_hash]
SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND name = ?;

-- catalogue [sample]
SELECT name, type FROM pragma_table_info(?) ORDER BY cid;

-- catalogue [sample]
SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND name NOT LIKE 'sqlite_autoindex_%';

