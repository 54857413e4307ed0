"""Introduces the matcher's parts to each other: the only file that knows all of them."""

from datetime import timedelta
from typing import Final

from services.matcher.adapters.duty_solver import assignment_here, lending_here, load_solvers, rota_here
from services.matcher.adapters.planner_process import PlannerProcess, read_improve_stop, read_stop
from services.matcher.adapters.question_desk import DeskAnswerer, QuestionDesk
from services.matcher.adapters.travel.sources import better_source, factors_of
from services.matcher.adapters.vroom_solver import VroomSolver
from services.matcher.application.board_story import deciding
from services.matcher.application.travel_book import TravelBook
from services.matcher.domain.board import Board, empty_board
from services.matcher.domain.commands import Command
from services.matcher.domain.evolve import evolve
from services.matcher.domain.rules import Rules
from services.matcher.domain.volunteer import Volunteer, VolunteerCommand, decide_volunteer, evolve_volunteer
from services.matcher.domain.wakes import Alarms
from services.matcher.entrypoints import http_assignments, http_boards, http_duties, http_solve, http_volunteers
from services.matcher.entrypoints.boards import Boards, measured
from services.matcher.entrypoints.planning import Planning
from services.matcher.entrypoints.roll import CONTACTS, Roll
from services.matcher.entrypoints.subscribers import subscriptions
from services.matcher.entrypoints.surveyor import Surveyor
from services.matcher.entrypoints.timers import timers
from services.matcher.entrypoints.watch import Watch
from services.matcher.metrics import MatcherMetrics
from services.matcher.settings import MatcherSettings
from shared.contracts.topics import DISPATCH, VOLUNTEERS
from shared.runtime.aggregates import Aggregates, Kind
from shared.runtime.documents import Collection
from shared.runtime.http import make_http
from shared.runtime.relay import Relay
from shared.runtime.service import Environment, Service

NAME: Final = "matcher"
_REHEARSED_PATIENCE_S: Final = 600.0  # so that a day repeats however slow the computer is
_REMEMBERED_SUBJECTS: Final = 3000  # needs and volunteers of an area that a board has heard of lately


def build_service(environment: Environment, settings: MatcherSettings) -> Service:
    """Build the matcher over an environment."""
    rules, book, metrics = _rules(settings), TravelBook(factors_of(settings)), MatcherMetrics(environment.registry)
    alarms = Alarms(rules)
    relay = Relay(service=NAME, documents=environment.documents, log=environment.log, metrics=environment.metrics)
    volunteers = Aggregates(
        _volunteer_kind(), service=NAME, documents=environment.documents, relay=relay, metrics=environment.metrics
    )
    boards = Boards(
        Aggregates(
            _board_kind(rules, book, alarms, metrics),
            service=NAME,
            documents=environment.documents,
            relay=relay,
            metrics=environment.metrics,
        ),
        documents=environment.documents,
        clock=environment.clock,
        metrics=metrics,
    )
    planner = _planner(settings)
    planning = _planning(boards, planner, settings, rules, book, metrics)
    watch = Watch(boards, due=alarms.due, every=timedelta(seconds=settings.invariants_every_s), metrics=metrics)
    http = make_http(
        service=NAME,
        title="Linli matcher",
        description=__doc__ or "",
        metrics=environment.metrics,
        larger={
            http_solve.PATH: http_solve.MOST_BYTES,
            http_duties.ROTAS: http_duties.MOST_BYTES,
            http_duties.LENDINGS: http_duties.MOST_BYTES,
            http_assignments.PATH: http_assignments.MOST_BYTES,
        },
    )
    vroom, duties = VroomSolver(), QuestionDesk(load_solvers)
    roll = Roll(volunteers, environment.documents, environment.clock)
    http.include_router(http_volunteers.router(roll, environment.clock), tags=["volunteers"])
    http.include_router(http_boards.router(boards, rules, planning.ask), tags=["boards"])
    http.include_router(http_solve.router(vroom), tags=["solving"])
    rotas, lendings = DeskAnswerer(duties, rota_here), DeskAnswerer(duties, lending_here)
    http.include_router(http_duties.router(rotas, lendings), tags=["rotas"])
    http.include_router(http_assignments.router(DeskAnswerer(duties, assignment_here)), tags=["assignments"])
    return Service(
        name=NAME,
        http=http,
        relay=relay,
        collections=(boards.aggregates.kind.collection, volunteers.kind.collection, CONTACTS),
        subscriptions=subscriptions(boards, group=NAME),
        aggregates=(boards.aggregates, volunteers),
        timers=(timers(boards),),
        workers=(planning, planner, watch, vroom, *_surveyors(boards, settings, book, metrics), duties),
    )


def _surveyors(
    boards: Boards, settings: MatcherSettings, book: TravelBook, metrics: MatcherMetrics
) -> tuple[Surveyor, ...]:
    """Give who surveys by streets, if the settings name a source; in rehearsals every decision waits for it."""
    source = better_source(settings)
    if source is None:
        return ()
    patience_s = settings.travel_patience_s if settings.simulated_from is None else _REHEARSED_PATIENCE_S
    return (Surveyor(boards, book, source, patience_s=patience_s, metrics=metrics),)


def _rules(settings: MatcherSettings) -> Rules:
    return Rules(
        zone=settings.timezone,
        quiet_from=settings.offers_quiet_from,
        quiet_until=settings.offers_quiet_until,
        pushes_a_day=settings.pushes_a_day,
        waves=settings.offer_waves,
    )


def _board_kind(rules: Rules, book: TravelBook, alarms: Alarms, metrics: MatcherMetrics) -> Kind[Board, Command]:
    return Kind(
        collection=Collection(name="matcher.boards"),
        topic=DISPATCH.name,
        state=Board,
        initial=empty_board,
        decide=measured(deciding(rules, book), metrics),
        evolve=evolve,
        area=lambda board: board.id,
        due=alarms.due,
        large=("needs", "volunteers", "canteens", "routes", "ended_offers", "served", "finished_min"),
        remembers=_REMEMBERED_SUBJECTS,
    )


def _volunteer_kind() -> Kind[Volunteer, VolunteerCommand]:
    return Kind(
        collection=Collection(name="matcher.volunteers"),
        topic=VOLUNTEERS.name,
        state=Volunteer,
        initial=lambda volunteer: Volunteer(id=volunteer),
        decide=decide_volunteer,
        evolve=evolve_volunteer,
        area=lambda volunteer: volunteer.area,
    )


def _planner(settings: MatcherSettings) -> PlannerProcess:
    rehearsing = settings.simulated_from is not None
    return PlannerProcess(
        stop=read_stop(settings.planner_stop, rehearsing=rehearsing),
        improve_stop=read_improve_stop(settings.improve_stop, rehearsing=rehearsing),
        cores=settings.planner_cores,
        timeout_s=settings.planner_timeout_s,
    )


def _planning(  # noqa: PLR0913, PLR0917 - what planning needs, each once
    boards: Boards,
    planner: PlannerProcess,
    settings: MatcherSettings,
    rules: Rules,
    book: TravelBook,
    metrics: MatcherMetrics,
) -> Planning:
    improve_stop = read_improve_stop(settings.improve_stop, rehearsing=settings.simulated_from is not None)
    return Planning(
        boards,
        planner,
        rules=rules,
        book=book,
        cut_off=timedelta(minutes=settings.cut_off_min),
        metrics=metrics,
        alone=settings.mode == "embedded",
        improves=improve_stop is not None,
    )
