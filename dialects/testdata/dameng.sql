-- create table
CREATE TABLE "sample" (
  "id" BIGINT NOT NULL,
  "count" BIGINT DEFAULT 0 NOT NULL,
  "done" TINYINT DEFAULT 0 NOT NULL,
  "due_at" BIGINT,
  "status" VARCHAR(20) DEFAULT 'open' NOT NULL CHECK (LENGTHB("status") = LENGTH("status")),
  "label" VARCHAR(100 CHAR),
  "settings" CLOB,
  "title" VARBINARY(1000) NOT NULL,
  "description" BLOB,
  "hash" VARBINARY(32),
  PRIMARY KEY ("id")
);
CREATE INDEX "sample_status" ON "sample" ("status", "due_at", "id");
CREATE UNIQUE INDEX "sample_hash" ON "sample" ("hash");

-- create table with a key of two columns
CREATE TABLE "sample_link" (
  "sample_id" BIGINT NOT NULL,
  "kind" VARCHAR(10) NOT NULL CHECK (LENGTHB("kind") = LENGTH("kind")),
  PRIMARY KEY ("sample_id", "kind")
);

-- add column
ALTER TABLE "sample" ADD "note" VARCHAR(50 CHAR) DEFAULT '' NOT NULL;

-- create index
CREATE INDEX "sample_label" ON "sample" ("label");

-- drop index
DROP INDEX "sample_label";

-- insert two
INSERT INTO "sample" ("id", "status") VALUES (?,?),(?,?);

-- upsert one
MERGE INTO "sample" T USING (SELECT ? AS "id", ? AS "status", ? AS "count" FROM DUAL) S ON (T."id" = S."id") WHEN MATCHED THEN UPDATE SET T."status" = S."status", T."count" = S."count" WHEN NOT MATCHED THEN INSERT ("id", "status", "count") VALUES (S."id", S."status", S."count");

-- upsert two by two keys
MERGE INTO "sample_link" T USING (SELECT ? AS "sample_id", ? AS "kind", ? AS "rank" FROM DUAL UNION ALL SELECT ? AS "sample_id", ? AS "kind", ? AS "rank" FROM DUAL) S ON (T."sample_id" = S."sample_id" AND T."kind" = S."kind") WHEN MATCHED THEN UPDATE SET T."rank" = S."rank" WHEN NOT MATCHED THEN INSERT ("sample_id", "kind", "rank") VALUES (S."sample_id", S."kind", S."rank");

-- upsert of nothing but keys
MERGE INTO "sample_link" T USING (SELECT ? AS "sample_id", ? AS "kind" FROM DUAL) S ON (T."sample_id" = S."sample_id" AND T."kind" = S."kind") WHEN NOT MATCHED THEN INSERT ("sample_id", "kind") VALUES (S."sample_id", S."kind");

-- insert ignore two
MERGE INTO "sample_link" T USING (SELECT ? AS "sample_id", ? AS "kind" FROM DUAL UNION ALL SELECT ? AS "sample_id", ? AS "kind" FROM DUAL) S ON (T."sample_id" = S."sample_id" AND T."kind" = S."kind") WHEN NOT MATCHED THEN INSERT ("sample_id", "kind") VALUES (S."sample_id", S."kind");

-- lock a row
SELECT "id" FROM "sample" WHERE "id" = ? FOR UPDATE;

-- catalogue [sample]
SELECT COUNT(*) FROM USER_TABLES WHERE TABLE_NAME = ?;

-- catalogue [sample id]
SELECT COUNT(*) FROM USER_TAB_COLUMNS WHERE TABLE_NAME = ? AND COLUMN_NAME = ?;

-- catalogue [sample sample_hash]
SELECT COUNT(*) FROM USER_INDEXES WHERE TABLE_NAME = ? AND INDEX_NAME = ?;

-- catalogue [sample]
SELECT COLUMN_NAME, DATA_TYPE FROM USER_TAB_COLUMNS WHERE TABLE_NAME = ? ORDER BY COLUMN_ID;

-- catalogue [sample]
SELECT INDEX_NAME FROM USER_INDEXES WHERE TABLE_NAME = ? AND INDEX_NAME NOT LIKE 'INDEX%';

