"""The schemas of corpus.db, archive.db and review.db, as append-only lists of named steps.

A released step is never edited: databases in the field have run it. A change is a new function at the end,
and ``tests/pipelines/store/schema.sql`` (what all steps together make) is updated with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from sqlite_utils import Database, Migrations

from pipelines.store import tables

corpus = Migrations("winnow-corpus")
archive = Migrations("winnow-archive")
review = Migrations("winnow-review")


def _run(db: Database, statements: Iterable[str]) -> None:
    # one by one: executescript() would commit the transaction that the step runs in
    for statement in statements:
        db.execute(statement)


@corpus()
def m001_create_tables(db: Database) -> None:
    """Sources, runs, rules, posts with their texts, fragments and verdicts, and what is known of URLs."""
    _run(db, tables.TABLES)


@corpus()
def m002_index_what_people_sort_and_filter(db: Database) -> None:
    """Without these a page of 200,000 posts with three facets takes seconds."""
    columns = (
        "language source site author published kind stage rule reason run duplicate_of removed_share"
        " removed_blocks words changed_at text_hash canonical_url"
    )
    _run(db, (f"CREATE INDEX posts_{column} ON posts({column})" for column in columns.split()))
    _run(
        db,
        (
            "CREATE INDEX posts_status ON posts(status, published)",
            # covering: what was removed, by rule and reason, is a group-by over every block of the corpus
            "CREATE INDEX fragments_rule ON fragments(rule, reason, decision)",
            "CREATE INDEX fragments_decision ON fragments(decision, rule, reason)",
            "CREATE INDEX fragments_hash ON fragments(hash)",
            "CREATE INDEX verdicts_rule ON verdicts(rule, action, family)",
            "CREATE INDEX verdicts_family ON verdicts(family)",
            "CREATE INDEX topics_topic ON topics(topic)",
            "CREATE INDEX fetches_state ON fetches(run, state, reason)",
            "CREATE INDEX fetches_url ON fetches(url)",
            "CREATE INDEX fetches_post ON fetches(post)",
            "CREATE INDEX fetches_source ON fetches(source, state)",
            "CREATE INDEX urls_due ON urls(source, next_due)",
            "CREATE INDEX urls_post ON urls(post)",
            "CREATE INDEX urls_last_state ON urls(last_state)",
        ),
    )


@corpus()
def m003_search_titles_and_texts(db: Database) -> None:
    """Full-text search over title and kept text, kept current by triggers."""
    _run(db, tables.SEARCH)


@corpus()
def m004_view_of_the_articles(db: Database) -> None:
    """What most people come for: accepted posts, each once."""
    _run(
        db,
        (
            """CREATE VIEW articles AS
SELECT id, docid, title, author, published, site, source, language, kind, stage, words,
  removed_blocks, removed_share, url, first_seen, changed_at
FROM posts WHERE status = 'accepted'""",
        ),
    )


@corpus()
def m005_remember_what_was_known_of_the_site(db: Database) -> None:
    """What a page shares with others of its site changes as these come: then it has to be judged again."""
    _run(db, ("ALTER TABLE urls ADD COLUMN templates TEXT NOT NULL DEFAULT ''",))


@corpus()
def m006_more_of_what_pages_say_of_themselves(db: Database) -> None:
    """When a page was changed, its licence, and where each of what it says was found."""
    _run(
        db,
        (
            "ALTER TABLE posts ADD COLUMN updated TEXT",
            "ALTER TABLE posts ADD COLUMN licence TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE posts ADD COLUMN origins TEXT NOT NULL DEFAULT '{}'",
            "CREATE INDEX posts_updated ON posts(updated)",
            "CREATE INDEX posts_licence ON posts(licence)",
        ),
    )


@corpus()
def m007_what_a_post_is_and_how_good(db: Database) -> None:
    """Why a post is held for what it is, counts of its text, and all the stages of a career that it speaks of."""
    columns = (
        "about REAL",
        "about_reason TEXT NOT NULL DEFAULT ''",
        "kind_reason TEXT NOT NULL DEFAULT ''",
        "reading_minutes INTEGER",
        "headings INTEGER",
        "list_items INTEGER",
        "repetition REAL",
        "title_agreement REAL",
        "boilerplate_left REAL",
    )
    _run(db, (f"ALTER TABLE posts ADD COLUMN {column}" for column in columns))
    _run(
        db,
        (
            """CREATE TABLE stages (
  post TEXT NOT NULL REFERENCES posts(id) ON DELETE CASCADE,
  stage TEXT NOT NULL,
  PRIMARY KEY (post, stage)
) STRICT""",
            "CREATE INDEX stages_stage ON stages(stage)",
            # before, a post had one stage or none, and nobody asked which
            "INSERT INTO stages SELECT id, stage FROM posts WHERE stage <> ''",
        ),
    )


@corpus()
def m008_languages_of_mixed_posts(db: Database) -> None:
    """How sure the language is, and the second one of a post that is written in two."""
    _run(
        db,
        (
            "ALTER TABLE posts ADD COLUMN language_confidence REAL",
            "ALTER TABLE posts ADD COLUMN other_language TEXT NOT NULL DEFAULT ''",
        ),
    )


@corpus()
def m009_remember_dates_of_listings(db: Database) -> None:
    """A page that its feed or sitemap lists as unchanged since it was fetched is not asked for again."""
    _run(db, ("ALTER TABLE urls ADD COLUMN listed TEXT NOT NULL DEFAULT ''",))


@corpus()
def m010_see_pages_again(db: Database) -> None:
    """How long a page is left alone, where one has moved to, since when one is gone, and what pages said before."""
    _run(
        db,
        (
            "ALTER TABLE urls ADD COLUMN revisit_hours REAL",
            "ALTER TABLE urls ADD COLUMN moved_to TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE posts ADD COLUMN gone_since TEXT",
            "ALTER TABLE posts ADD COLUMN withdrawn TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE posts ADD COLUMN robots TEXT NOT NULL DEFAULT ''",
            "CREATE INDEX posts_gone_since ON posts(gone_since)",
            "CREATE INDEX urls_moved_to ON urls(moved_to)",
            """CREATE TABLE versions (
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
) STRICT""",
            "CREATE INDEX versions_number ON versions(post, number)",
            "CREATE INDEX versions_run ON versions(run)",
        ),
    )


@corpus()
def m011_what_sources_give_and_quarantine(db: Database) -> None:
    """A source's past, to hold a run against; and a source that turned to spam is kept out of sight."""
    _run(
        db,
        (
            """CREATE TABLE source_runs (
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
) STRICT""",
            "CREATE INDEX source_runs_source ON source_runs(source, run)",
            "ALTER TABLE sources ADD COLUMN quarantine_reason TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE sources ADD COLUMN quarantined_since TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE sources ADD COLUMN quarantine_run INTEGER",
            "DROP VIEW articles",
            """CREATE VIEW articles AS
SELECT id, docid, title, author, published, site, source, language, kind, stage, words,
  removed_blocks, removed_share, url, first_seen, changed_at
FROM posts WHERE status = 'accepted' AND NOT (
  source IN (SELECT name FROM sources WHERE quarantined_since <> '')
  AND first_seen >= (SELECT quarantined_since FROM sources WHERE name = posts.source))""",
        ),
    )


@corpus()
def m012_what_sources_say_of_their_sites(db: Database) -> None:
    """Hints, languages and kinds: a replay needs them, and the files that say so may be elsewhere."""
    table = "CREATE TABLE site_settings (source TEXT PRIMARY KEY NOT NULL, settings TEXT NOT NULL) STRICT"
    _run(db, (table,))


@corpus()
def m013_texts_that_are_alike(db: Database) -> None:
    """What is known of the likeness of texts, so that a run compares what is new, and all addresses of an article."""
    _run(db, tables.COPIES)


@corpus()
def m014_what_was_asked_for_again(db: Database) -> None:
    """Or nobody can tell a page that was asked for twice from one that did not answer at first."""
    _run(db, ("ALTER TABLE fetches ADD COLUMN retries INTEGER NOT NULL DEFAULT 0",))


@corpus()
def m015_which_days_can_be(db: Database) -> None:
    """The day that a page goes by, one that cannot be, and whether it is years before anything else of its site."""
    _run(
        db,
        (
            "ALTER TABLE posts ADD COLUMN shown TEXT",
            "ALTER TABLE posts ADD COLUMN future_date TEXT",
            "ALTER TABLE posts ADD COLUMN before_site INTEGER NOT NULL DEFAULT 0 CHECK (before_site IN (0, 1))",
            # the settling of a run reads these of every post
            "CREATE INDEX posts_before_site ON posts(before_site)",
        ),
    )


@corpus()
def m016_facets_that_hold_several_and_what_curators_ruled(db: Database) -> None:
    """Articles with all their stages and topics, by which Datasette groups; and who overruled the rules, and why."""
    _run(
        db,
        (
            "ALTER TABLE posts ADD COLUMN overruled TEXT NOT NULL DEFAULT ''",
            "CREATE INDEX posts_overruled ON posts(overruled) WHERE overruled <> ''",
            "DROP VIEW articles",
            """CREATE VIEW articles AS
SELECT id, docid, title, author, published, site, source, language, kind, stage,
  (SELECT json_group_array(stage) FROM
    (SELECT stage FROM stages WHERE stages.post = posts.id ORDER BY stage)) AS stages,
  (SELECT json_group_array(topic) FROM
    (SELECT topic FROM topics WHERE topics.post = posts.id ORDER BY topic)) AS topics,
  words, removed_blocks, removed_share, url, overruled, first_seen, changed_at
FROM posts WHERE status = 'accepted' AND NOT (
  source IN (SELECT name FROM sources WHERE quarantined_since <> '')
  AND first_seen >= (SELECT quarantined_since FROM sources WHERE name = posts.source))""",
        ),
    )


@corpus()
def m017_what_texts_are_made_of(db: Database) -> None:
    """The measures of Gopher one by one, for whoever wants to draw the line elsewhere."""
    shares = "word_length letter_words symbols ellipses bullets repeated_lines repeated_runs"
    _run(db, (f"ALTER TABLE posts ADD COLUMN {name} REAL" for name in shares.split()))
    _run(db, ("ALTER TABLE posts ADD COLUMN function_words INTEGER",))


@corpus()
def m018_what_curators_say_of_copies(db: Database) -> None:
    """Settling which copy is kept heeds it, without a look at the decisions."""
    _run(
        db,
        (
            "ALTER TABLE posts ADD COLUMN ruled_copy TEXT NOT NULL DEFAULT ''",
            "CREATE INDEX posts_ruled_copy ON posts(ruled_copy) WHERE ruled_copy <> ''",
        ),
    )


@corpus()
def m019_aliases_of_one_post(db: Database) -> None:
    """Without looking through all posts, and without its own address; with those that its page has moved from."""
    _run(db, tables.ALIASES)


@corpus()
def m020_sources_that_a_run_left_out(db: Database) -> None:
    """A report tells of them for as long as the run is the latest."""
    _run(db, ("ALTER TABLE runs ADD COLUMN left_out TEXT NOT NULL DEFAULT ''",))


@archive()
def m001_bodies_and_captures(db: Database) -> None:
    """Every body once, and which URL had it when; the first archives have these and do not say so."""
    if not db.table("captures").exists():
        _run(db, tables.ARCHIVE)


@archive()
def m002_a_dictionary_a_host(db: Database) -> None:
    """What the pages of a host share is stored once; bodies that were there before stay as they are."""
    _run(
        db,
        (
            """CREATE TABLE dictionaries (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  host TEXT NOT NULL,
  size INTEGER NOT NULL,
  data BLOB NOT NULL,
  tried INTEGER NOT NULL DEFAULT 0,
  plain INTEGER NOT NULL DEFAULT 0,
  packed INTEGER NOT NULL DEFAULT 0
) STRICT""",
            "CREATE INDEX dictionaries_host ON dictionaries(host, id)",
            "ALTER TABLE bodies ADD COLUMN dictionary INTEGER REFERENCES dictionaries(id)",
        ),
    )


@archive()
def m003_find_what_needs_a_body(db: Database) -> None:
    """Or removing one would look through all captures, and a dictionary through all bodies."""
    _run(
        db,
        (
            "CREATE INDEX captures_body ON captures(body)",
            "CREATE INDEX bodies_dictionary ON bodies(dictionary)",
        ),
    )


@archive()
def m004_answers_in_place_of_pages(db: Database) -> None:
    """That a page is gone, has moved or does not want to be taken follows from the archive, as its text does."""
    _run(db, (tables.ANSWERS,))


@archive()
def m005_listings_as_they_were_last_read(db: Database) -> None:
    """A feed or sitemap that did not change is not sent again: what it names is read from here."""
    table = """CREATE TABLE listings (
  url TEXT PRIMARY KEY NOT NULL,
  etag TEXT NOT NULL DEFAULT '',
  last_modified TEXT NOT NULL DEFAULT '',
  content_type TEXT NOT NULL DEFAULT '',
  read_at TEXT NOT NULL,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT"""
    _run(db, (table,))


@archive()
def m006_remember_dates_of_sitemaps(db: Database) -> None:
    """A sitemap that its index lists as unchanged since it was read is not asked for again."""
    _run(db, ("ALTER TABLE listings ADD COLUMN listed TEXT NOT NULL DEFAULT ''",))


@review()
def m001_decisions(db: Database) -> None:
    """A curator's decisions; triggers keep them append-only, whoever opens the file."""
    _run(db, tables.DECISIONS)


@review()
def m002_decisions_on_pages(db: Database) -> None:
    """A curator's word on a page as a whole: in or out, and of which kind."""
    _run(db, tables.PAGE_DECISIONS)


@review()
def m003_decisions_on_what_is_known_of_pages(db: Database) -> None:
    """Its title, its language, its topics, its copies, ...: whatever winnow says of a page can be overruled."""
    _run(db, ("ALTER TABLE page_decisions ADD COLUMN facts TEXT NOT NULL DEFAULT '{}'",))


@review()
def m004_decisions_on_blocks_can_be_withdrawn(db: Database) -> None:
    """By another one that leaves the block to the rules again."""
    _run(db, tables.WITHDRAWN_DECISIONS)


def schema(connection: sqlite3.Connection) -> str:
    """The schema as SQL text, sorted by name, without the tables that SQLite and the migrations keep."""
    rows = connection.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " AND name NOT LIKE '\\_sqlite%' ESCAPE '\\' AND tbl_name NOT LIKE '\\_sqlite%' ESCAPE '\\'"
        " AND name NOT GLOB 'post_texts_fts_*' OR type = 'trigger' ORDER BY type = 'index', tbl_name, name"
    )
    return "".join(f"{sql};\n\n" for (sql,) in rows)
