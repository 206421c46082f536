"""The events, figures, tables, parameters and assumptions of a scenario, with their days.

Knows what is used and since when it was known; refuses nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from tariffsim.events import Event
from tariffsim.evidence import Evidence
from tariffsim.log import Entry, Log, Source
from tariffsim.parameters import Parameter
from tariffsim.resolve.inputs import Inputs
from tariffsim.resolve.network import ILLUSTRATIVE
from tariffsim.scenario import Scenario
from tariffsim.terms import Slug


def used_entries(known: Log, scenario: Scenario) -> tuple[Entry, ...]:
    """Return the events that set a rate or a control within the horizon, in the order of ids."""
    end = scenario.horizon.end.next.first
    used = (
        entry
        for entry in known.entries
        if entry.event.changes_state and entry.event.effective <= end
    )
    return tuple(sorted(used, key=lambda entry: entry.id))


def evidence_of(
    inputs: Inputs, known: Log, parameters: Mapping[str, Parameter]
) -> tuple[Evidence, ...]:
    """List what a scenario uses.

    Parameters
    ----------
    inputs : Inputs
        The scenario and everything that it names.
    known : Log
        The log that is folded.
    parameters : mapping of str to Parameter
        The parameters that the model is given.

    Returns
    -------
    tuple of Evidence
        Events with the figures of their sources, tables, parameters, then assumptions.
    """
    return (
        *_events(used_entries(known, inputs.scenario), known.sources),
        *_tables(inputs),
        *_input_output(inputs.scenario),
        *_parameters(parameters.values(), inputs),
        *_assumptions(inputs.scenario),
    )


def _events(entries: Sequence[Entry], sources: Mapping[Slug, Source]) -> Iterator[Evidence]:
    for entry in entries:
        event = entry.event
        yield Evidence(kind="event", name=entry.id, title=_title(event), known=event.announced)
        for claim in event.claims:
            source = sources.get(claim.source)
            if source is None:
                continue
            yield Evidence(
                kind="figure",
                name=claim.figure or "(no figure)",
                title=source.title,
                known=source.published,
                source=source.key,
                publisher=source.publisher,
                locator=claim.locator or "",
                url=source.url or "",
                about=entry.id,
            )
        yield from _shares(entry, sources)


def _shares(entry: Entry, sources: Mapping[Slug, Source]) -> Iterator[Evidence]:
    """List who says how much of coarser codes a list covers, each source once."""
    products = getattr(entry.event, "products", None)
    found: dict[str, list[str]] = {}
    for code, share in products.shares.items() if products is not None else ():
        if share.source is not None and share.source in sources:
            found.setdefault(share.source, []).append(code)
    for key, codes in found.items():
        source = sources[Slug(key)]
        count = f"{len(codes)} code" if len(codes) == 1 else f"{len(codes)} codes"
        yield Evidence(
            kind="figure",
            name=f"covered share of {count}",
            title=source.title,
            known=source.published,
            source=source.key,
            publisher=source.publisher,
            url=source.url or "",
            about=entry.id,
        )


def _title(event: Event) -> str:
    return event.title or event.key or event.kind


def _tables(inputs: Inputs) -> Iterator[Evidence]:
    for table in (inputs.trade, inputs.monthly, inputs.world):
        if table is None:
            continue
        for source in table.sources:
            yield Evidence(
                kind="table",
                name=table.name,
                title=source.title,
                known=source.published,
                source=source.key,
                publisher=source.publisher,
                url=source.url or "",
                note=source.exception or "",
            )
    # Such a table is a judgement, which became known with the parameter that says how it is used.
    for names, title, parameter in (
        (inputs.share_priors, "prior of shares by product", "us_share_concentration"),
        (inputs.storable, "share of each product that can be stored", "storage_months"),
    ):
        prior = inputs.parameters.get(parameter)
        if prior is None:
            continue
        for name in names:
            yield Evidence(
                kind="table",
                name=name,
                title=title,
                known=prior.known,
                source=prior.source,
                locator=prior.locator or "",
            )


def _input_output(scenario: Scenario) -> Iterator[Evidence]:
    table = scenario.industries
    if table is None:
        return
    made_up = table.table == ILLUSTRATIVE
    yield Evidence(
        kind="assumption" if made_up else "table",
        name=table.table,
        title="input-output table",
        known=scenario.known_on if table.published is None else table.published,
        note="made up, and no economy" if made_up else "",
    )


def _parameters(parameters: Iterable[Parameter], inputs: Inputs) -> Iterator[Evidence]:
    for parameter in parameters:
        override = inputs.scenario.parameters.get(parameter.name)
        source = inputs.parameter_sources.get(parameter.source)
        yield Evidence(
            kind="parameter" if override is None else "assumption",
            name=parameter.name,
            title=_value(parameter),
            known=parameter.known,
            source=parameter.source if override is None else "",
            publisher=source.publisher if source and override is None else "",
            locator=parameter.locator or "" if override is None else "",
            url=source.url or "" if source and override is None else "",
            note="" if override is None else override.reason,
        )


def _value(parameter: Parameter) -> str:
    text = f"{parameter.value:g}"
    if parameter.low is not None and parameter.high is not None:
        text += f" [{parameter.low:g}, {parameter.high:g}]"
    return f"{text} {parameter.unit}"


def _assumptions(scenario: Scenario) -> Iterator[Evidence]:
    """List the fork's events: nobody knows them, so they carry the day they are assumed on."""
    for event in scenario.what_if:
        yield _assumed(event, scenario, "", "")
    for question, options in scenario.branches.items():
        for name, option in options.items():
            for event in option.events:
                yield _assumed(event, scenario, f"{question}: {name}", option.reason)


def _assumed(event: Event, scenario: Scenario, about: str, reason: str) -> Evidence:
    return Evidence(
        kind="assumption",
        name=f"{event.kind} on {event.effective.isoformat()}",
        title=_title(event),
        known=scenario.known_on,
        about=about,
        note=reason,
    )
