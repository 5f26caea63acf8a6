"""Pages about something else than product management."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from filters.reading import Reading
from filters.rule import Rule
from filters.verdict import Family, Verdict

# The trade and its titles, in the languages that guides about it were met in.
MENTION = re.compile(
    r"\b(?:product[ -](?:manag\w+|owners?|leads?|leaders?|leadership|teams?|roadmaps?|sense|strateg\w+|people|folks|vision|"
    r"discovery|thinking|backlogs?|market fit|careers?|organi[sz]ations?)|(?:heads?|vps?|vice presidents?|directors?|chief) "
    r"(?:of )?product(?: officer)?s?|cpos?|apms?|produktmanag\w*|produktverantwortlich\w*|produktchef\w*|productmanag\w*|"
    r"chefs? de produit|jefes? de producto|gerentes? de produtos?|gestor(?:es|as?)? de (?:produto|producto)s?|ürün y[oö]net\w*|"
    r"ürün müdür\w*|менеджер\w* (?:по )?продукт\w*|продакт\w*|управлени\w+ продукт\w*|manajer produk|manajemen produk)\b"
    r"|产品经理|產品經理|产品管理|產品管理|プロダクトマネ|프로덕트 매니저|상품 기획|مدير المنتج",
    re.IGNORECASE,
)
ABBREVIATION = re.compile(r"\b(?:A|G|T|S)?PMs?\b")


@dataclass(frozen=True, kw_only=True)
class NotPm(Rule):
    """Rejects a page that names the trade fewer than ``mentions`` times, or less often than ``rate`` in 1,000 words.

    The title counts double. "PM" counts only beside one spelt-out mention, for it is also the afternoon.
    """

    family = Family.TOPIC
    scope = "document"
    mentions: int = 3
    rate: float = 1.5

    def check(self, reading: Reading) -> Iterator[Verdict]:
        document = reading.document
        text = document.text
        count = len(MENTION.findall(text)) + 2 * len(MENTION.findall(document.title))
        if count:
            count += len(ABBREVIATION.findall(text))
        rate = 1000 * count / max(1, document.words)
        if count < self.mentions or rate < self.rate:
            yield self.reject(
                f"It is not about product management: {count} mentions, {rate:.1f} in 1,000 words.",
                f"{count} mentions",
            )
