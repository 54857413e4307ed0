"""Prints what a mayor would ask at the end of a day, with denominators, and whether every guarantee held."""

from typing import Any, Final

from rich.console import Console
from rich.table import Table

from linli.rehearsal.production import Played
from linli.rehearsal.stopwatch import Waits
from shared.catalogue.load import Catalogue, UnknownService, load_catalogue

_OUTCOMES: Final = ("asked", "confirmed", "unmet", "refused", "withdrawn", "open")
_WIDE: Final = 110  # columns of a terminal that holds both names of a service on one line
_MOST_REASONS: Final = 12
_MOST_MISHAPS: Final = 10


def print_report(played: Played, out: Console, *, waits: Waits, seconds: float, peak_mib: float) -> bool:
    """Print figures and guarantees; true if all guarantees held."""
    figures, names = played.figures, load_catalogue()
    areas = ", ".join(area.name for area in played.city.areas) if len(played.city.areas) == 1 else "all areas"
    out.print(f"\n[bold]{played.city.on:%A %d %B %Y}, {areas}[/bold]  (seed {played.city.seed})")
    out.print(_needs(figures, names, wide=out.width >= _WIDE))
    out.print(_numbers(figures, waits))
    _print_counts(out, "Unmet, and the residents know why", figures["unmet_because"])
    _print_counts(out, "Messages sent", figures["messages"])
    kept = _print_guarantees(out, played.guarantees)
    _print_mishaps(out, played.mishaps)
    out.print(
        f"{played.facts:,} facts in {seconds:.0f} s ({played.facts / max(seconds, 1):,.0f} a second), "
        f"peak memory {peak_mib:.0f} MiB"
    )
    return kept


def _needs(figures: Any, names: Catalogue, *, wide: bool) -> Table:
    table = Table("服务 / service", *_OUTCOMES, title="Needs by service and outcome")
    for column in table.columns[1:]:
        column.justify = "right"
    for service, row in figures["by_service"].items():
        table.add_row(_name(service, names, wide=wide), *(str(row[outcome] or "·") for outcome in _OUTCOMES))
    total = {"asked": figures["needs"], **figures["outcomes"]}
    table.add_section()
    table.add_row("all", *(str(total[outcome]) for outcome in _OUTCOMES), style="bold")
    return table


def _name(code: str, names: Catalogue, *, wide: bool) -> str:
    try:
        name = names.service(code).name
    except UnknownService:  # what is sensitive has no name on a public sheet
        return code
    return f"{name.zh} {name.en}" if wide else name.zh


def _numbers(figures: Any, waits: Waits) -> Table:
    table = Table("what", "figure", title="The day in numbers", show_header=False)
    for what, figure in _rows(figures, waits):
        table.add_row(what, figure)
    return table


def _rows(figures: Any, waits: Waits) -> list[tuple[str, str]]:
    meals, helped, first = figures["meals"], figures["help"], figures["first_offer"]
    longest = meals["longest_kitchen_to_door_s"]
    return [
        ("confirmed by the resident", _share(figures["confirmed"], "needs")),
        ("opened again", _share(figures["reopened"], "needs")),
        (
            "accepted → first offer, on the day's clock",
            f"median {_minutes(first['median_s'])}, p99 {_minutes(first['p99_s'])}",
        ),
        (
            "accepted → first offer, in real time",
            f"median {waits.median_ms:.0f} ms, p99 {waits.p99_ms:.0f} ms over {waits.count:,} that nothing held back",
        ),
        ("first offer within the promise", _share(figures["first_offer_in_promise"], "accepted needs")),
        ("meals", f"{meals['delivered']:,} brought of {meals['asked']:,} asked for"),
        ("meals on time", _share(meals["on_time"], "brought")),
        ("longest kitchen to door", "–" if longest is None else _minutes(longest)),
        ("on the way", f"{figures['distance_m'] / 1000:,.0f} km, {figures['travel_s'] / 3600:,.0f} h"),
        (
            "who helped",
            f"{helped['helped']:,} of {helped['volunteers']:,} on duty, at most {helped['most_visits']} visits by one",
        ),
        ("visits", f"{helped['visits']:,}, shared with a Gini coefficient of {helped['gini'] or 0:.2f}"),
        ("messages", f"{sum(figures['messages'].values()):,}"),
    ]


def _share(share: Any, of_what: str) -> str:
    if share["share"] is None:
        return f"none of 0 {of_what}"
    return f"{share['share']:.1%} ({share['part']:,} of {share['of']:,} {of_what})"


def _minutes(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds / 60:.1f} min"


def _print_counts(out: Console, title: str, counts: dict[str, int]) -> None:
    if not counts:
        return
    out.print(f"\n[bold]{title}[/bold]")
    ordered = sorted(counts.items(), key=lambda item: -item[1])
    for what, count in ordered[:_MOST_REASONS]:
        out.print(f"  {count:>6,}  {what}", markup=False)
    if len(ordered) > _MOST_REASONS:
        out.print(f"          … and {len(ordered) - _MOST_REASONS} more")


def _print_guarantees(out: Console, judgement: Any) -> bool:
    out.print("\n[bold]Guarantees[/bold]")
    for one in judgement["guarantees"]:
        kept = not one["broken"]
        mark = "[green]✓[/green]" if kept else "[red]✗[/red]"
        out.print(f"  {mark} {one['promise']} ({one['judged']:,} judged, {one['broken']} broken)")
        for breach in one["breaches"][:5]:
            out.print(f"      {breach['subject']}: {breach['what']}", markup=False)
    endings = ", ".join(f"{count} {ending.replace('_', ' ')}" for ending, count in judgement["endings"].items())
    out.print(f"  endings: {endings}")
    return bool(judgement["kept"])


def _print_mishaps(out: Console, mishaps: tuple[str, ...]) -> None:
    if mishaps:
        out.print(f"\n[yellow]{len(mishaps)} answers nobody expected[/yellow]")
        for mishap in mishaps[:_MOST_MISHAPS]:
            out.print(f"  {mishap}", markup=False)
