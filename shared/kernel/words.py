"""Text for people exists in two languages from the start."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One sentence or name in Chinese and English."""

    zh: str
    en: str

    def said_in(self, language: str) -> str:
        """Give the text in the language, Chinese unless English was asked for."""
        return self.en if language == "en" else self.zh
