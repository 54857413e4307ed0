"""Chooses the source of travel times that the settings name."""

import logging
from typing import Final

from services.matcher.adapters.travel.factors import load_factors
from services.matcher.adapters.travel.osrm import OsrmServer
from services.matcher.adapters.travel.streets import Streets
from services.matcher.application.ports import TravelSource
from services.matcher.planning.travel import Factors
from services.matcher.settings import MatcherSettings

KEPT_IN: Final = "travel"  # folder beside the database

logger = logging.getLogger(__name__)


def better_source(settings: MatcherSettings) -> TravelSource | None:
    """Give the street map or the server that is to be asked; None: the factor model is all there is."""
    if settings.travel_streets is not None:
        return Streets(settings.travel_streets, settings.data_dir / KEPT_IN)
    if settings.travel_osrm:
        return OsrmServer(settings.travel_osrm, settings.travel_osrm_profiles)
    return None


def factors_of(settings: MatcherSettings) -> Factors:
    """Give the city's factors; a file that does not fit is said, and the default ones stand in."""
    if settings.travel_factors is None:
        return Factors()
    try:
        return load_factors(settings.travel_factors)
    except ValueError as error:
        logger.error("matcher.travel_factors_unread", extra={"reason": str(error)})  # noqa: TRY400 - a sentence is enough
        return Factors()
