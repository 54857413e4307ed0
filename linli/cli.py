"""The command line `linli`, for a community worker's IT person: every command says what it does and what to do next.

What a command needs is imported inside it: `--help` answers at once, and a solver process, which imports the program's
first module again, starts without the web framework.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from shared.runtime.settings import RuntimeSettings

cli = typer.Typer(
    name="linli",
    help="Linli (邻里): residents say what they need, neighbours are matched, the loop is closed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
dead_letters = typer.Typer(help="Messages that a service could not handle.", no_args_is_help=True)
cli.add_typer(dead_letters, name="dead-letters")

out = Console()
errors = Console(stderr=True)
logger = logging.getLogger(__name__)

_HERE = "127.0.0.1"  # a rehearsal is for whoever sits at this computer

Seed = Annotated[int, typer.Option(help="Another seed is another day; the same seed is the same day.")]
Port = Annotated[int, typer.Option(help="Port of the page.", min=1, max=65535)]
NoServe = Annotated[bool, typer.Option("--no-serve", help="End after the day instead of leaving the page open.")]
Keep = Annotated[Path | None, typer.Option(help="Keep the day's database in this folder (default: thrown away).")]
Figures = Annotated[Path | None, typer.Option("--json", help="Also write what was measured to this file.")]
Url = Annotated[str, typer.Option(help="Where Linli answers, as printed by `linli up`.")]


@cli.command()
def up(
    port: Annotated[int, typer.Option(help="Port of the page.", min=1, max=65535, envvar="LINLI_PORT")] = 8080,
    data: Annotated[Path | None, typer.Option(help="Folder of the database; made if missing.")] = None,
) -> None:
    """Run all services in one process on this computer. Stop with Ctrl-C; nothing is lost."""
    from linli.starting import alone_in, check_door, check_start
    from shared.runtime.logs import log_as_json
    from shared.runtime.settings import RuntimeSettings

    chosen: dict[str, Any] = {"port": port} | ({"data_dir": data} if data else {})
    with _named_faults():
        check_start(**chosen)
        settings = RuntimeSettings(**chosen)
        check_door(settings.host, settings.port)
        log_as_json("linli", settings.log_level)
        with alone_in(settings.data_dir):
            asyncio.run(_run_all(settings, chosen))


async def _run_all(settings: "RuntimeSettings", chosen: dict[str, Any]) -> None:
    from linli.one_process import open_one_process
    from shared.runtime.standalone import serve

    async with open_one_process(**chosen) as one:
        out.print(f"Linli: http://{settings.host}:{settings.port}/  ·  data in {settings.data_dir}  ·  Ctrl-C stops it")
        await serve(one.host, one.http, host_name=settings.host, port=settings.port)


@cli.command()
def demo(
    area: Annotated[str, typer.Option(help="Code of the area to play; 511083001 is 古湖街道.")] = "511083001",
    seed: Seed = 7,
    port: Port = 8080,
    no_serve: NoServe = False,
    keep: Keep = None,
) -> None:
    """Play one area's day against the real services and leave its page open."""
    _rehearse([area], seed=seed, port=None if no_serve else port, keep=keep)


@cli.command()
def city(
    seed: Seed = 7,
    port: Port = 8080,
    serve_page: Annotated[bool, typer.Option("--serve", help="Leave the page open after the day.")] = False,
    keep: Keep = None,
    figures_to: Figures = None,
) -> None:
    """Play the day of all 13 areas, 164 communities and 6,000 volunteers."""
    _rehearse(None, seed=seed, port=port if serve_page else None, keep=keep, figures_to=figures_to)


def _rehearse(
    areas: list[str] | None, *, seed: int, port: int | None, keep: Path | None, figures_to: Path | None = None
) -> None:
    from linli.performance import Stagecraft, perform
    from linli.rehearsal.doors import CityAwayError
    from linli.rehearsal.production import generate
    from linli.starting import alone_in, check_door, check_no_database, check_start
    from shared.runtime.logs import log_as_json

    if figures_to is not None and not figures_to.parent.is_dir():
        _stop(f"There is no folder {figures_to.parent} to write the figures to. Make it, or name another with --json.")
    with _named_faults(), ExitStack() as until_the_end:
        check_start(data_dir=keep or Path(gettempdir()))
        if keep is not None:
            until_the_end.enter_context(alone_in(keep))
            check_no_database(keep)
        if port is not None:
            check_door(_HERE, port)
        log_as_json("rehearsal", "ERROR")
        craft = Stagecraft(data_dir=keep, host=_HERE, port=port, figures_to=figures_to)
        try:
            kept = asyncio.run(perform(generate(seed, areas), craft, out))
        except (LookupError, CityAwayError) as error:
            _stop(str(error))
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        if not kept:
            _stop("At least one guarantee was broken; the report above says which.")


@cli.command(name="import")
def import_needs(
    sheet: Annotated[Path, typer.Argument(help="A .csv or .xlsx file, one need a row.", exists=True, dir_okay=False)],
    area: Annotated[str, typer.Option(help="Code of the area that the sheet belongs to.")],
    url: Annotated[
        str, typer.Option(help="Where intake answers: what `linli up` printed, with /intake after it.")
    ] = "http://127.0.0.1:8080/intake",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check; nothing is accepted.")] = False,
) -> None:
    """Hand in a community office's sheet of needs; every row is accepted or refused with its line and reason.

    Sending the same sheet again doubles nothing: a row is known by its number (编号).
    """
    from linli.sheets import hand_in

    if not hand_in(sheet, area=area, url=url, dry_run=dry_run, out=out):
        raise typer.Exit(1)


@cli.command()
def solve(
    problem: Annotated[Path, typer.Argument(help="A file in VROOM's JSON; - reads it from standard input.")],
    seconds: Annotated[float, typer.Option(help="Budget of the engines, wall time.", min=0.05, max=600)] = 1.0,
) -> None:
    """Solve a vehicle routing problem that is written for VROOM; the answer has VROOM's shape, and our reasons.

    What is asked and cannot be honoured is refused by name. Needs no running service.
    """
    from linli.solving import solve_file

    _end_with(solve_file, problem, seconds)


@cli.command()
def rota(
    question: Annotated[Path, typer.Argument(help="A question in JSON (docs/rotas.md); - reads standard input.")],
    seconds: Annotated[float, typer.Option(help="Budget of the solver, wall time.", min=0.05, max=600)] = 10.0,
) -> None:
    """Make a rota: who stands on which duty of a week, and what would have to give way where a slot stays empty.

    JSON on standard output, the essence of it in words on standard error. Needs no running service.
    """
    from linli.duties import rota_file

    _end_with(rota_file, question, seconds)


@cli.command()
def lend(
    question: Annotated[Path, typer.Argument(help="A question in JSON (docs/rotas.md); - reads standard input.")],
    seconds: Annotated[float, typer.Option(help="Budget of the solver, wall time.", min=0.05, max=600)] = 10.0,
) -> None:
    """Lend people between areas under their agreements; nobody lends what they need themselves.

    JSON on standard output, the essence of it in words on standard error. Needs no running service.
    """
    from linli.duties import lend_file

    _end_with(lend_file, question, seconds)


@cli.command()
def assign(
    question: Annotated[Path, typer.Argument(help="A question in JSON (docs/assignment.md); - reads standard input.")],
    seconds: Annotated[
        float, typer.Option(help="For looking at more candidates, wall time.", min=0.05, max=600)
    ] = 10.0,
) -> None:
    """Assign the tasks of a whole city to its volunteers at once, at least cost, and say why something is left out.

    JSON on standard output, the essence of it in words on standard error. Needs no running service.
    """
    from linli.duties import assign_file

    _end_with(assign_file, question, seconds)


@cli.command()
def facts(
    url: Url = "http://127.0.0.1:8080",
    subject: Annotated[str | None, typer.Option(help="Only of this need, volunteer or area.")] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on printing new facts until Ctrl-C.")] = False,
) -> None:
    """Print facts, one JSON object a line, oldest first."""
    from linli import upkeep

    with _named_faults():
        upkeep.print_facts(url, subject=subject, follow=follow)


@cli.command()
def fit_travel(
    url: Url = "http://127.0.0.1:8080",
    write: Annotated[Path | None, typer.Option(help="Write the factors to this file (TOML).", dir_okay=False)] = None,
) -> None:
    """Fit speeds and the time per stop to finished trips, per area and way of moving; docs/travel-times.md."""
    from linli import fit_travel as fitting
    from linli import trips, upkeep

    with _named_faults(), out.status("Reading trips …"):
        found = list(trips.trips_in(upkeep.all_facts(url)))
    if not fitting.show(found, out, write):
        raise typer.Exit(1)


@cli.command()
def replay(data: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None) -> None:
    """Compute every aggregate anew from its facts and compare byte for byte with what is stored."""
    from linli import upkeep

    with _named_faults():
        equal = asyncio.run(upkeep.replay_all(data, out))
    if not equal:
        raise typer.Exit(1)


@dead_letters.command("list")
def list_dead_letters(data: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None) -> None:
    """List what could not be handled: where it came from, when, and why."""
    from linli import upkeep

    with _named_faults():
        asyncio.run(upkeep.list_dead_letters(data, out))


@dead_letters.command("resend")
def resend_dead_letters(
    topic: Annotated[str, typer.Argument(help="A dead-letter topic as printed by `list`.")],
    offset: Annotated[list[int], typer.Argument(help="Offsets of the messages to send again.")],
    partition: Annotated[int, typer.Option(help="Partition that the offsets are of.")] = 0,
    data: Annotated[Path | None, typer.Option(help="Folder of the database.")] = None,
) -> None:
    """Send chosen messages to their topic again, after what stopped them has been repaired."""
    from linli import upkeep

    with _named_faults():
        asyncio.run(upkeep.resend_dead_letters(data, topic, offset, partition, out))


@cli.command()
def doctor() -> None:
    """Check this computer and the settings, and say what to repair."""
    from linli.doctor import examine

    if not examine(out):
        raise typer.Exit(1)


@contextmanager
def _named_faults() -> Iterator[None]:
    """Print what the operator can put right as a sentence, not as a traceback."""
    from linli.upkeep import EXPECTED

    try:
        yield
    except EXPECTED as error:
        _stop(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _end_with(answer_file: Callable[..., int], path: Path, seconds: float) -> NoReturn:
    """Answer the question in a file, and end with the status that this gives.

    Whatever else goes wrong is ours: where it did is logged, on standard error if nobody said otherwise.
    """
    if str(path) == "-" and sys.stdin is None:
        _stop("There is no standard input to read. Name a file, or send the question through a pipe.")
    try:
        status = answer_file(path, seconds=seconds)
    except BrokenPipeError:  # not the file: whoever reads our answer went away, which `main` knows
        raise
    except OSError as error:
        if error.filename is None:
            _stop(f"The answer cannot be written: {error.strerror}")
        _stop(f"{path} cannot be read: {error.strerror}")
    except Exception as error:
        logger.exception("linli.no_answer")
        _stop(
            f"This is a mistake of ours, not of your question: {error or type(error).__name__}. There is no answer, and"
            " asking again would end the same way. Please report what is printed here, with the question if you may."
        )
    raise typer.Exit(status)


def _stop(reason: str) -> NoReturn:
    errors.print(f"[bold red]Stopped:[/bold red] {escape(reason)}", soft_wrap=True)
    raise typer.Exit(1)


def main() -> None:
    """Run the command line."""
    try:
        cli()
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        sys.stderr.close()


if __name__ == "__main__":
    main()
