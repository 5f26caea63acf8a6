CREATE VIEW aliases AS
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
FROM posts JOIN urls ON urls.post = posts.id WHERE urls.url <> posts.url AND urls.moved_to <> '';

CREATE VIEW articles AS
SELECT id, docid, title, author, published, site, source, language, kind, stage,
  (SELECT json_group_array(stage) FROM
    (SELECT stage FROM stages WHERE stages.post = posts.id ORDER BY stage)) AS stages,
  (SELECT json_group_array(topic) FROM
    (SELECT topic FROM topics WHERE topics.post = posts.id ORDER BY topic)) AS topics,
  words, removed_blocks, removed_share, url, overruled, first_seen, changed_at
FROM posts WHERE status = 'accepted' AND NOT (
  source IN (SELECT name FROM sources WHERE quarantined_since <> '')
  AND first_seen >= (SELECT quarantined_since FROM sources WHERE name = posts.source));

CREATE TABLE fetches (
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
  at TEXT NOT NULL, retries INTEGER NOT NULL DEFAULT 0,
  UNIQUE (run, url)
) STRICT;

CREATE TABLE fragments (
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
) STRICT;

CREATE TABLE likenesses (
  text TEXT NOT NULL,
  other TEXT NOT NULL,
  jaccard REAL NOT NULL,
  covered REAL NOT NULL,
  other_covered REAL NOT NULL,
  PRIMARY KEY (text, other),
  CHECK (text < other)
) STRICT;

CREATE TABLE post_texts (
  docid INTEGER PRIMARY KEY,
  post TEXT NOT NULL UNIQUE REFERENCES posts(id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  markdown TEXT NOT NULL
) STRICT;

CREATE TRIGGER post_texts_search_delete AFTER DELETE ON post_texts BEGIN
  INSERT INTO post_texts_fts(post_texts_fts, rowid, title, text)
    VALUES ('delete', old.docid, old.title, old.text);
END;

CREATE TRIGGER post_texts_search_insert AFTER INSERT ON post_texts BEGIN
  INSERT INTO post_texts_fts(rowid, title, text) VALUES (new.docid, new.title, new.text);
END;

CREATE TRIGGER post_texts_search_update AFTER UPDATE OF title, text ON post_texts BEGIN
  INSERT INTO post_texts_fts(post_texts_fts, rowid, title, text)
    VALUES ('delete', old.docid, old.title, old.text);
  INSERT INTO post_texts_fts(rowid, title, text) VALUES (new.docid, new.title, new.text);
END;

CREATE VIRTUAL TABLE post_texts_fts USING fts5(
  title, text, tokenize="porter unicode61", content="post_texts", content_rowid="docid"
);

CREATE TABLE posts (
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
  docid INTEGER NOT NULL UNIQUE, updated TEXT, licence TEXT NOT NULL DEFAULT '', origins TEXT NOT NULL DEFAULT '{}', about REAL, about_reason TEXT NOT NULL DEFAULT '', kind_reason TEXT NOT NULL DEFAULT '', reading_minutes INTEGER, headings INTEGER, list_items INTEGER, repetition REAL, title_agreement REAL, boilerplate_left REAL, language_confidence REAL, other_language TEXT NOT NULL DEFAULT '', gone_since TEXT, withdrawn TEXT NOT NULL DEFAULT '', robots TEXT NOT NULL DEFAULT '', shown TEXT, future_date TEXT, before_site INTEGER NOT NULL DEFAULT 0 CHECK (before_site IN (0, 1)), overruled TEXT NOT NULL DEFAULT '', word_length REAL, letter_words REAL, symbols REAL, ellipses REAL, bullets REAL, repeated_lines REAL, repeated_runs REAL, function_words INTEGER, ruled_copy TEXT NOT NULL DEFAULT '',
  CHECK ((status = 'duplicate') = (duplicate_of IS NOT NULL))
) STRICT;

CREATE TABLE rules (
  id TEXT PRIMARY KEY NOT NULL,
  version INTEGER NOT NULL,
  family TEXT NOT NULL,
  scope TEXT NOT NULL,
  summary TEXT NOT NULL DEFAULT '',
  settings TEXT NOT NULL DEFAULT '{}',
  step INTEGER,
  retired INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
) STRICT;

CREATE TABLE runs (
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
, left_out TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE signatures (
  text_hash TEXT PRIMARY KEY NOT NULL,
  scheme TEXT NOT NULL,
  minima BLOB NOT NULL
) STRICT;

CREATE TABLE site_settings (source TEXT PRIMARY KEY NOT NULL, settings TEXT NOT NULL) STRICT;

CREATE TABLE source_runs (
  run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  source TEXT NOT NULL,
  discovered INTEGER NOT NULL,
  fetched INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  accepted INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  errored INTEGER NOT NULL,
  articles INTEGER NOT NULL,
  spam_pages INTEGER NOT NULL,
  list_items INTEGER NOT NULL,
  list_items_kept INTEGER NOT NULL,
  PRIMARY KEY (run, source)
) STRICT;

CREATE TABLE sources (
  name TEXT PRIMARY KEY NOT NULL,
  title TEXT NOT NULL DEFAULT '',
  homepage TEXT NOT NULL DEFAULT '',
  licence TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL DEFAULT '',
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  notes TEXT NOT NULL DEFAULT ''
, quarantine_reason TEXT NOT NULL DEFAULT '', quarantined_since TEXT NOT NULL DEFAULT '', quarantine_run INTEGER) STRICT;

CREATE TABLE stages (
  post TEXT NOT NULL REFERENCES posts(id) ON DELETE CASCADE,
  stage TEXT NOT NULL,
  PRIMARY KEY (post, stage)
) STRICT;

CREATE TABLE topics (
  post TEXT NOT NULL REFERENCES posts(id) ON DELETE CASCADE,
  topic TEXT NOT NULL,
  PRIMARY KEY (post, topic)
) STRICT;

CREATE TABLE urls (
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
, templates TEXT NOT NULL DEFAULT '', listed TEXT NOT NULL DEFAULT '', revisit_hours REAL, moved_to TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE verdicts (
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
) STRICT;

CREATE TABLE versions (
  post TEXT NOT NULL REFERENCES posts(id) ON DELETE CASCADE,
  body_hash TEXT NOT NULL,
  number INTEGER,
  seen TEXT NOT NULL,
  status TEXT NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  text_hash TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  templates TEXT NOT NULL,
  run INTEGER NOT NULL REFERENCES runs(id),
  PRIMARY KEY (post, body_hash)
) STRICT;

CREATE INDEX fetches_post ON fetches(post);

CREATE INDEX fetches_source ON fetches(source, state);

CREATE INDEX fetches_state ON fetches(run, state, reason);

CREATE INDEX fetches_url ON fetches(url);

CREATE INDEX fragments_decision ON fragments(decision, rule, reason);

CREATE INDEX fragments_hash ON fragments(hash);

CREATE INDEX fragments_rule ON fragments(rule, reason, decision);

CREATE INDEX posts_author ON posts(author);

CREATE INDEX posts_before_site ON posts(before_site);

CREATE INDEX posts_canonical_url ON posts(canonical_url);

CREATE INDEX posts_changed_at ON posts(changed_at);

CREATE INDEX posts_duplicate_of ON posts(duplicate_of);

CREATE INDEX posts_gone_since ON posts(gone_since);

CREATE INDEX posts_kind ON posts(kind);

CREATE INDEX posts_language ON posts(language);

CREATE INDEX posts_licence ON posts(licence);

CREATE INDEX posts_overruled ON posts(overruled) WHERE overruled <> '';

CREATE INDEX posts_published ON posts(published);

CREATE INDEX posts_reason ON posts(reason);

CREATE INDEX posts_removed_blocks ON posts(removed_blocks);

CREATE INDEX posts_removed_share ON posts(removed_share);

CREATE INDEX posts_rule ON posts(rule);

CREATE INDEX posts_ruled_copy ON posts(ruled_copy) WHERE ruled_copy <> '';

CREATE INDEX posts_run ON posts(run);

CREATE INDEX posts_site ON posts(site);

CREATE INDEX posts_source ON posts(source);

CREATE INDEX posts_stage ON posts(stage);

CREATE INDEX posts_status ON posts(status, published);

CREATE INDEX posts_text_hash ON posts(text_hash);

CREATE INDEX posts_updated ON posts(updated);

CREATE INDEX posts_words ON posts(words);

CREATE INDEX source_runs_source ON source_runs(source, run);

CREATE INDEX stages_stage ON stages(stage);

CREATE INDEX topics_topic ON topics(topic);

CREATE INDEX urls_due ON urls(source, next_due);

CREATE INDEX urls_last_state ON urls(last_state);

CREATE INDEX urls_moved_to ON urls(moved_to);

CREATE INDEX urls_post ON urls(post);

CREATE INDEX verdicts_family ON verdicts(family);

CREATE INDEX verdicts_rule ON verdicts(rule, action, family);

CREATE INDEX versions_number ON versions(post, number);

CREATE INDEX versions_run ON versions(run);
