"""What is a person's name, and what else pages put where the name of an author belongs."""

from __future__ import annotations

import re

from pipelines.metadata.titles import compact

NAME_LIMIT = 80  # characters of one name
PEOPLE_LIMIT = 20
STATEMENT_LIMIT = 320  # characters of a statement that names are looked for in
# The word before an author, in several languages. Short ones ("di", "af") only count at the beginning of a line.
BY = (
    r"(?:(?:article|interview|story|review|post|text|words|guide)?\s*"
    r"(?:\b(?:written|posted|published|authored|created|researched)\s+)?by|written and \w+ by|authors?|author\(s\)"
    r"|words|contributors?|von|verfasst von|autorin|autora?|autore|auteur|par|écrit par|por|escrito por|di|scritto da"
    r"|door|geschreven door|skrevet a[fv]|skriven av|a[fv]|przez|yazar|автор|от|作者|撰文|文|글|작성자)"
)
BYLINE = re.compile(rf"^\W{{0,3}}{BY}\s*(?:[:：|•–-]\s*|\s+(?=\S))(?P<who>.+)", re.IGNORECASE | re.DOTALL)
# Lines that name a person, but not as the author, and lines that name nobody.
NO_AUTHOR = re.compile(
    r"^\W{0,3}(?:(?:medically |expert |clinically |fact )?(?:reviewed|checked|edited|approved|verified)|photo|image"
    r"|illustration|credit|sponsored|powered|presented|about|read|more|view|share|updated|last|mins?|published on"
    r"|published:|category|full bio|posted by$|researched by$)\b",
    re.IGNORECASE,
)
_MONTH = r"(?:[Jj]an|[Ff]eb|[Mm]ar|[Aa]pr|[Mm]ay|[Jj]un|[Jj]ul|[Aa]ug|[Ss]ep|[Oo]ct|[Nn]ov|[Dd]ec)\w{0,6}\.?"
DATE_AHEAD = re.compile(rf"(?:\b|(?<=[a-z])(?=[A-Z])){_MONTH},?\s+\d")
LEADING_DATE = re.compile(
    rf"^\s*(?:{_MONTH}\s+\d{{1,2}},?\s+\d{{4}}|\d{{1,2}}\s+\w{{3,9}}\s+\d{{4}}|\d{{4}}-\d\d-\d\d)\W{{0,5}}"
)
# What ends a name in a line that goes on; labels may be glued to it where a page has them in elements of their own.
ENDS = re.compile(
    r"(?<=[a-z])(?=(?-i:Published|Updated|Posted|Reviewed|Founder|Writer|Editor|Senior|Contributor|Staff)\b)"
    r"|\s*(?:[|•·●⋅∙▪◦/\n\t©]|\s[-–—]+\s|,?\s*\d"
    r"|\b(?:on|in|updated|published|posted|last|edited|reviewed|reviewer|fact|medically|photo\w*|image\w*|illustrat\w+"
    r"|translat\w+|mins?|minutes?|comments?|share|read|follow|is a|is the|for|at|from|via|view|with|on behalf)\b)",
    re.IGNORECASE,
)
SEVERAL = re.compile(r"\s*(?:[,;，、&+]|\b(?:and|und|et|y|e|en)\b)\s+", re.IGNORECASE)
ADDRESS = re.compile(r"\S+@\S+|https?://\S*|www\.\S*|(?<!\w)@\w+")
ASIDE = re.compile(r"\([^)]*\)?")
HONORIFIC = re.compile(r"^(?:dr|prof|mr|mrs|ms|rev)\.?\s+", re.IGNORECASE)
CREDENTIAL = re.compile(
    r"^(?:[A-Z]{1,3}\.?[A-Za-z]?\.?){1,4}(?:-[A-Z\d-]+)?(?:\s\d+)?$"
    r"|^(?:PhD|Ph\.D\.?|Esq\.?|Jr\.?|Sr\.?|CFP®?|PharmD|PsyD|EdD)$"
)
ROLE = re.compile(
    r"\b(?:editors?|writers?|staff|team|reporter|correspondent|columnist|manager|director|officer|(?:co-)?founder|ceo|cto"
    r"|coo|head|lead|senior|junior|specialist|consultant|analyst|strategist|marketer|marketing|author|contributor"
    r"|contributing|editorial|expert|coach|engineer|developer|designer|professor|lecturer|dietitian|physician|nurse"
    r"|president|vice|associate|assistant|freelancer?|journalist|blogger|redaktion|redazione|rédaction|redacción|redacao"
    r"|representative|chief|executive|partner|attorney|advis[eo]r|researcher|scientist|producer|guest)\b",
    re.IGNORECASE,
)
ROLES_AT_END = re.compile(rf"(?:[\s,]+{ROLE.pattern})+$", re.IGNORECASE)
# What systems call whoever is signed in: it names nobody.
NOBODY = re.compile(
    r"^(?:\w{1,3}[_ -])?(?:admin\w*|webmaster|root|(?:super ?)?user|unknown|undefined|anonymous|null|none|n/?a|default"
    r"|guest|(?:the )?author|wordpress|wp\w*|test\w*|support|info)\d*$",
    re.IGNORECASE,
)
BODY = re.compile(
    r"\b(?:team|staff|inc|llc|ltd|gmbh|group|company|agency|magazine|news|media|blog|editors|editorial|redaktion"
    r"|university|college|institute|department|services|foundation|association|society|council|center|centre|marketing"
    r"|studio|solutions|network|press|online|board)\b",
    re.IGNORECASE,
)
NAME = re.compile(r"[^\W\d_][^\d_:!?@#/\\|<>{}\[\]“”\"%$€*=+~^…]*")
PARTICLES = frozenset(
    "de da do dos das del della di du der den van von vom zu la le el al bin ibn ben y e af av ter ten mc".split()
)
# Words of labels and menus that are capitalised as names are.
NO_NAME = frozenset(
    "about above accept account all also amazon an and apple are article articles as ask at author "
    "be best bio blog bluesky books business but buy by can caption career careers categories "
    "category checked comment comments company contact content contents cookie cookies copy credit "
    "data december design development digital download education email equipment events facebook "
    "fact fashion features february fitness for free fri friday from full get goals google guide "
    "guides hardware health healthy help home how in industry insights instagram is january july key "
    "last latest learn less life link linkedin list management march marketing mastodon may media "
    "medium menu min mins minutes modified mon monday more most my new news newsletter next no "
    "november october of off on online or our out overview page people personal phone photo "
    "pinterest play podcast policy popular post posted posts present press previous price privacy "
    "product products program published read reading recipes related researched resources review "
    "reviewed reviews sat saturday search section see self-guided september service services set "
    "share shop shopping show sign skills skip social software solutions start states story strategy "
    "subscribe sun sunday table tags technology terms that the this threads thu thursday tiktok tips "
    "to toc today tools top topic topics trade trends trust tue tuesday twitter united unknown "
    "update updated us use video view views watch we web website wed wednesday what when where which "
    "why wikipedia with write written x year you your youtube ".split()
)


def names_in(text: str) -> list[str]:
    """The names in a statement: roles, credentials, addresses and what follows them are left out."""
    text = ADDRESS.sub(" ", text[:STATEMENT_LIMIT])
    text = LEADING_DATE.sub("", text).strip(" \t\n,.:;|-–—•·*")
    if match := BYLINE.match(text):
        text = match["who"]
    if match := DATE_AHEAD.search(text):
        text = text[: match.start()]
    if (end := ENDS.search(text)) and end.start() > 0:
        text = text[: end.start()]
    found: list[str] = []
    for part in SEVERAL.split(text)[:PEOPLE_LIMIT]:
        part = ASIDE.sub(" ", part)
        part = " ".join(part.split()).strip(" ,.:;|-–—•·\"'“”()[]*")
        if found and (CREDENTIAL.match(part) or ROLE.search(part)):
            continue
        if not BODY.search(part) and (bare := ROLES_AT_END.sub("", part)).count(" "):
            part = bare
        if part and len(part) <= NAME_LIMIT and not NO_AUTHOR.match(part):
            found.append(part)
    return found


def is_person(name: str, sites: frozenset[str]) -> bool:
    """Two to five words that begin with capitals, none of them a label's, a team's or the site's."""
    bare = HONORIFIC.sub("", name)
    parts = bare.split()
    if not 2 <= len(parts) <= 5 or not NAME.fullmatch(bare) or compact(name) in sites:
        return False
    if ROLE.search(bare) or BODY.search(bare) or any(part.lower().strip(".,") in NO_NAME for part in parts):
        return False
    return all(
        part[0].isupper() or (part[0].isalpha() and not part[0].islower()) or part.lower() in PARTICLES
        for part in parts
    )


def is_owner(name: str, sites: frozenset[str]) -> bool:
    """A person's name that is the site's, too."""
    return is_person(name, frozenset())


def is_user(name: str, sites: frozenset[str]) -> bool:
    """One word, or several that are written small: what people call themselves where they sign."""
    return (
        2 <= len(name) <= 40
        and len(name.split()) <= 3
        and any(map(str.isalpha, name))
        and not NOBODY.match(name)
        and not ROLE.search(name)
        and not BODY.search(name)
        and compact(name) not in sites
        and not any(part in NO_NAME for part in name.lower().split())
    )


def is_body(name: str, sites: frozenset[str]) -> bool:
    """A team, an organisation or the site itself."""
    key = compact(name)
    return (
        2 <= len(name) <= 60
        and len(name.split()) <= 8
        and not NOBODY.match(name)
        and bool(BODY.search(name) or ROLE.search(name) or any(site in key for site in sites))
    )


def is_name(name: str, sites: frozenset[str]) -> bool:
    """Whatever else the markup calls the author, if it can be a name at all."""
    return (
        2 <= len(name) <= 60
        and len(name.split()) <= 5
        and any(map(str.isalpha, name))
        and not NOBODY.match(name)
    )
