"""The tables that the first steps of the migrations make, as SQL; like those, never edited."""

from __future__ import annotations

TABLES = (
    """CREATE TABLE sources (
  name TEXT PRIMARY KEY NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  homepage TEXT NOT NULL DEFAULT '',
  licence TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL DEFAULT '',
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  notes TEXT NOT NULL DEFAULT ''
) STRICT""",
    """CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('crawl', 'import', 'replay')),
  started TEXT NOT NULL,
  finished TEXT,
  status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'interrupted', 'failed', 'killed')),
  profile TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  winnow_version TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  discovered INTEGER NOT NULL DEFAULT 0,
  fetched INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  accepted INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  errored INTEGER NOT NULL DEFAULT 0
) STRICT""",
    """CREATE TABLE rules (
  id TEXT PRIMARY KEY NOT NULL,
  version INTEGER NOT NULL,
  family TEXT NOT NULL,
  scope TEXT NOT NULL,
  summary TEXT NOT NULL DEFAULT '',
  settings TEXT NOT NULL DEFAULT '{}',
  step INTEGER,
  retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
) STRICT""",
    """CREATE TABLE posts (
  id TEXT PRIMARY KEY NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '',
  published TEXT,
  site TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL DEFAULT '',
  stage TEXT NOT NULL DEFAULT '',
  words INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('accepted', 'rejected', 'errored', 'duplicate')),
  reason TEXT NOT NULL DEFAULT '',
  rule TEXT REFERENCES rules(id),
  duplicate_of TEXT REFERENCES posts(id),
  kept_blocks INTEGER NOT NULL,
  removed_blocks INTEGER NOT NULL,
  removed_share REAL NOT NULL,
  url TEXT NOT NULL UNIQUE,
  canonical_url TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL REFERENCES sources(name),
  extraction TEXT NOT NULL DEFAULT '',
  profile TEXT NOT NULL DEFAULT '',
  text_hash TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES runs(id),
  first_seen TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  docid INTEGER NOT NULL UNIQUE,
  CHECK ((status = 'duplicate') = (duplicate_of IS NOT NULL))
) STRICT""",
    """CREATE TABLE post_texts (
  docid INTEGER PRIMARY KEY,
  post TEXT NOT NULL UNIQUE REFERENCES posts(id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  markdown TEXT NOT NULL
) STRICT""",
    """CREATE TABLE fragments (
  post TEXT NOT NULL REFERENCES posts(id) ON DELETE CASCADE,
  "index" INTEGER NOT NULL,
  kind TEXT NOT NULL,
  level INTEGER NOT NULL DEFAULT 0,
  text TEXT NOT NULL,
  markdown TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('kept', 'removed', 'trimmed')),
  rule TEXT REFERENCES rules(id),
  rule_version INTEGER,
  reason TEXT NOT NULL DEFAULT '',
  score REAL,
  evidence TEXT NOT NULL DEFAULT '[]',
  trim_start INTEGER,
  trim_end INTEGER,
  hash TEXT NOT NULL,
  PRIMARY KEY (post, "index"),
  CHECK ((decision = 'trimmed') = (trim_start IS NOT NULL AND trim_end IS NOT NULL)),
  CHECK (decision = 'kept' OR rule IS NOT NULL)
) STRICT""",
    """CREATE TABLE verdicts (
  post TEXT NOT NULL REFERENCES posts(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  "index" INTEGER,
  rule TEXT NOT NULL REFERENCES rules(id),
  version INTEGER NOT NULL,
  action TEXT NOT NULL,
  family TEXT NOT NULL,
  score REAL NOT NULL,
  reason TEXT NOT NULL,
  evidence TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (post, number)
) STRICT""",
    """CREATE TABLE topics (
  post TEXT NOT NULL REFERENCES posts(id) ON DELETE CASCADE,
  topic TEXT NOT NULL,
  PRIMARY KEY (post, topic)
) STRICT""",
    """CREATE TABLE fetches (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  url TEXT NOT NULL,
  final_url TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL
    CHECK (state IN ('accepted', 'rejected', 'unchanged', 'errored', 'skipped', 'failed')),
  reason TEXT NOT NULL DEFAULT '',
  status INTEGER,
  bytes INTEGER,
  post TEXT REFERENCES posts(id) ON DELETE SET NULL,
  at TEXT NOT NULL,
  UNIQUE (run, url)
) STRICT""",
    """CREATE TABLE urls (
  url TEXT PRIMARY KEY NOT NULL,
  source TEXT NOT NULL DEFAULT '',
  etag TEXT NOT NULL DEFAULT '',
  last_modified TEXT NOT NULL DEFAULT '',
  body_hash TEXT NOT NULL DEFAULT '',
  text_hash TEXT NOT NULL DEFAULT '',
  fingerprint TEXT NOT NULL DEFAULT '',
  curated TEXT NOT NULL DEFAULT '' CHECK (curated IN ('', 'accepted', 'rejected', 'errored')),
  next_due TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  last_state TEXT NOT NULL DEFAULT '',
  last_seen TEXT,
  post TEXT REFERENCES posts(id) ON DELETE SET NULL
) STRICT""",
)

SEARCH = (
    """CREATE VIRTUAL TABLE post_texts_fts USING fts5(
  title, text, tokenize="porter unicode61", content="post_texts", content_rowid="docid"
)""",
    """CREATE TRIGGER post_texts_search_insert AFTER INSERT ON post_texts BEGIN
  INSERT INTO post_texts_fts(rowid, title, text) VALUES (new.docid, new.title, new.text);
END""",
    """CREATE TRIGGER post_texts_search_delete AFTER DELETE ON post_texts BEGIN
  INSERT INTO post_texts_fts(post_texts_fts, rowid, title, text)
    VALUES ('delete', old.docid, old.title, old.text);
END""",
    """CREATE TRIGGER post_texts_search_update AFTER UPDATE OF title, text ON post_texts BEGIN
  INSERT INTO post_texts_fts(post_texts_fts, rowid, title, text)
    VALUES ('delete', old.docid, old.title, old.text);
  INSERT INTO post_texts_fts(rowid, title, text) VALUES (new.docid, new.title, new.text);
END""",
)

ARCHIVE = (
    """CREATE TABLE bodies (
  hash TEXT PRIMARY KEY NOT NULL,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT""",
    """CREATE TABLE captures (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL,
  body TEXT NOT NULL REFERENCES bodies(hash),
  final_url TEXT NOT NULL DEFAULT '',
  status INTEGER NOT NULL,
  headers TEXT NOT NULL DEFAULT '[]',
  fetched_at TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL,
  UNIQUE (url, body)
) STRICT""",
    "CREATE INDEX captures_latest ON captures(url, fetched_at, id)",
    "CREATE INDEX captures_source ON captures(source, fetched_at)",
)

DECISIONS = (
    """CREATE TABLE decisions (
  id INTEGER PRIMARY KEY,
  post_url TEXT NOT NULL,
  block_hash TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('keep', 'remove')),
  note TEXT NOT NULL DEFAULT '',
  actor TEXT NOT NULL DEFAULT '',
  at TEXT NOT NULL
) STRICT""",
    "CREATE INDEX decisions_block ON decisions(post_url, block_hash, id)",
    """CREATE TRIGGER decisions_are_not_changed BEFORE UPDATE ON decisions BEGIN
  SELECT RAISE(ABORT, 'decisions are append-only: add a new one');
END""",
    """CREATE TRIGGER decisions_are_not_deleted BEFORE DELETE ON decisions BEGIN
  SELECT RAISE(ABORT, 'decisions are append-only: add a new one');
END""",
)

WITHDRAWN_DECISIONS = (
    "DROP TRIGGER decisions_are_not_changed",
    "DROP TRIGGER decisions_are_not_deleted",
    "DROP INDEX decisions_block",
    "ALTER TABLE decisions RENAME TO former_decisions",
    DECISIONS[0].replace("('keep', 'remove')", "('keep', 'remove', 'leave')"),
    "INSERT INTO decisions SELECT * FROM former_decisions",
    "DROP TABLE former_decisions",
    *DECISIONS[1:],
)

PAGE_DECISIONS = (
    """CREATE TABLE page_decisions (
  id INTEGER PRIMARY KEY,
  post_url TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('', 'accepted', 'rejected')),
  kind TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '',
  actor TEXT NOT NULL DEFAULT '',
  at TEXT NOT NULL
) STRICT""",
    "CREATE INDEX page_decisions_post ON page_decisions(post_url, id)",
    """CREATE TRIGGER page_decisions_are_not_changed BEFORE UPDATE ON page_decisions BEGIN
  SELECT RAISE(ABORT, 'decisions are append-only: add a new one');
END""",
    """CREATE TRIGGER page_decisions_are_not_deleted BEFORE DELETE ON page_decisions BEGIN
  SELECT RAISE(ABORT, 'decisions are append-only: add a new one');
END""",
)

COPIES = (
    """CREATE TABLE signatures (
  text_hash TEXT PRIMARY KEY NOT NULL,
  scheme TEXT NOT NULL,
  minima BLOB NOT NULL
) STRICT""",
    """CREATE TABLE likenesses (
  text TEXT NOT NULL,
  other TEXT NOT NULL,
  jaccard REAL NOT NULL,
  covered REAL NOT NULL,
  other_covered REAL NOT NULL,
  PRIMARY KEY (text, other),
  CHECK (text < other)
) STRICT""",
    """CREATE VIEW aliases AS
SELECT duplicate_of AS post, url, 'copy' AS kind, id AS page, reason FROM posts WHERE duplicate_of IS NOT NULL
UNION ALL
SELECT coalesce(duplicate_of, id), canonical_url, 'claimed', id, 'What ' || url || ' says is its address.'
FROM posts WHERE canonical_url NOT IN ('', url)
UNION ALL
SELECT DISTINCT coalesce(posts.duplicate_of, posts.id), fetches.final_url, 'redirect', posts.id,
  'Where ' || posts.url || ' leads.'
FROM fetches JOIN posts ON posts.id = fetches.post WHERE fetches.final_url NOT IN ('', posts.url)""",
)

# One branch each for the post that is kept and for its copies: so that those of one post are found by index.
ALIASES = (
    "DROP VIEW aliases",
    """CREATE VIEW aliases AS
SELECT duplicate_of AS post, url, 'copy' AS kind, id AS page, reason FROM posts WHERE duplicate_of IS NOT NULL
UNION ALL
SELECT id, canonical_url, 'claimed', id, 'What ' || url || ' says is its address.'
FROM posts WHERE duplicate_of IS NULL AND canonical_url NOT IN ('', url)
UNION ALL
SELECT kept.id, copies.canonical_url, 'claimed', copies.id, 'What ' || copies.url || ' says is its address.'
FROM posts AS kept JOIN posts AS copies ON copies.duplicate_of = kept.id
WHERE copies.canonical_url NOT IN ('', copies.url, kept.url)
UNION ALL
SELECT DISTINCT posts.id, fetches.final_url, 'redirect', posts.id, 'Where ' || posts.url || ' leads.'
FROM posts JOIN fetches ON fetches.post = posts.id
WHERE posts.duplicate_of IS NULL AND fetches.final_url NOT IN ('', posts.url)
UNION ALL
SELECT DISTINCT kept.id, fetches.final_url, 'redirect', copies.id, 'Where ' || copies.url || ' leads.'
FROM posts AS kept JOIN posts AS copies ON copies.duplicate_of = kept.id
JOIN fetches ON fetches.post = copies.id WHERE fetches.final_url NOT IN ('', copies.url, kept.url)
UNION ALL
SELECT posts.id, urls.url, 'moved', posts.id, 'It has moved to ' || urls.moved_to || '.'
FROM posts JOIN urls ON urls.post = posts.id WHERE urls.url <> posts.url AND urls.moved_to <> ''""",
)

ANSWERS = """\
CREATE TABLE answers (
  url TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('gone', 'moved', 'noindex')),
  detail TEXT NOT NULL DEFAULT '',
  since TEXT NOT NULL,
  last TEXT NOT NULL,
  tries INTEGER NOT NULL
) STRICT"""
