"""What every part of the generator has to know, so that it is passed on as one thing."""

import datetime as dt
from dataclasses import dataclass
from random import Random

from linli.rehearsal.scenario.chance import dice
from shared.catalogue.load import Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The seed, the date and the catalogue of one generated day."""

    seed: int
    on: dt.date
    catalogue: Catalogue

    def dice(self, *keys: object) -> Random:
        """Return the generator of the one entity that these keys name."""
        return dice(self.seed, *keys)
