"""Faults of undoing a measure: the law without it, its cost, entries read and summed, refunds."""

from tests.planted_faults import Fault

VOIDED = "undone_is_voided"
NEVER = "void_is_never_set_from_its_date"
COST = "the_cost_is_the_stack_with_it_less_the_stack_without_it"
SPANS = "spans_cover_the_days_and_add_up"
ROWS = "refunds_are_those_of_the_rows"
EXACT = "refunds_of_rows_without_duty_are_exact"
SPLIT = "refunds_add_over_any_split_of_the_file"
PIECES = "pieces_and_order_change_nothing"
REFUNDABLE = "refundable_is_what_was_levied_from_its_day_on"
TABLES = "tables_add_up_to_the_total"
FAST = "fast_reading_means_what_careful_reading_means"
WRITTEN = "reading_says_what_was_written"

REFUNDS = (
    Fault(
        "a measure is undone a day late",
        "undo.law:undoing",
        "Voided(announced=start, measure=Slug(measure), void_from=start, refund_from=start)",
        "Voided(announced=start + dt.timedelta(days=1), measure=Slug(measure), "
        "void_from=start + dt.timedelta(days=1))",
        f"{VOIDED} {NEVER}",
    ),
    Fault(
        "days from a refund on are not told apart",
        "undo.law:_starts",
        "{start, refundable_from or start}",
        "{start}",
        SPANS,
    ),
    Fault(
        "neighbouring days are one range whatever is levied",
        "undo.law:_spans",
        "(spans[-1].layers, spans[-1].refundable) == (span.layers, refundable)",
        "spans[-1].refundable == refundable",
        SPANS,
    ),
    Fault(
        "only measures of one group are tied",
        "undo.segments:_tied_names",
        "law.group in groups",
        "law.group == own.group",
        COST,
    ),
    Fault(
        "the measure undone stays in the stack",
        "undo.segments:_difference",
        "!= law.own",
        ">= 0",
        f"{COST} {EXACT}",
    ),
    Fault(
        "the last rate holds for ever",
        "undo.segments:_law",
        "rate_on(found, day)",
        "(found.levels[-1].rate if found.levels else 0)",
        COST,
    ),
    Fault(
        "a code on a list stands for all below it",
        "undo.coverage:_Stems._ways",
        "+ (length > size)",
        "+ True",
        COST,
    ),
    Fault(
        "every exporter is treated alike",
        "undo.coverage:Lists._treatment",
        "return tuple(found)",
        "return ()",
        COST,
    ),
    Fault(
        "a scope never changes back",
        "undo.coverage:Listed.of",
        "(span.until is None or day < span.until)",
        "True",
        COST,
    ),
    Fault(
        "the day after the last counts",
        "undo.tally:_Spans.of",
        "days < undone.stop",
        "days <= undone.stop",
        f"{ROWS} {EXACT}",
    ),
    Fault(
        "whoever paid more gets back more",
        "undo.tally:_over",
        "np.maximum(excess, 0)",
        "excess",
        ROWS,
    ),
    Fault(
        "a blank duty is a duty of nothing",
        "undo.tally:_over",
        "paid >= 0",
        "paid >= -1",
        f"{ROWS} {EXACT}",
    ),
    Fault(
        "of entries alike only the first counts",
        "undo.tally:_summed",
        "np.add.reduceat(value, first)",
        "value[first]",
        f"{EXACT} {SPLIT}",
    ),
    Fault(
        "the largest value is the sum",
        "undo.tally:_total",
        "int(amounts.sum())",
        "int(amounts.max(initial=0))",
        f"{SPLIT} {PIECES}",
    ),
    Fault(
        "a line that spans two pieces loses its start",
        "files.entries:_pieces",
        "(rest + block)",
        "block",
        PIECES,
    ),
    Fault(
        "a line is never marked refundable",
        "undo.settle:settle",
        "* 2 + refundable_of[flows.segment]",
        "* 2",
        REFUNDABLE,
    ),
    Fault(
        "what is refundable is all that was levied",
        "undo.settle:settle",
        "cells.only(refundable), once[refundable]",
        "cells, once",
        f"{REFUNDABLE} {TABLES}",
    ),
    Fault(
        "a fifth decimal is a fourth",
        "codec.entry_arrays:_uneven_amounts",
        "(size <= 4)",
        "(size <= 5)",
        FAST,
    ),
    Fault(
        "an amount of five digits loses the first of them",
        "codec.entry_arrays:_amounts",
        "np.minimum(size, 5) + 2",
        "np.minimum(size, 4) + 2",
        FAST,
    ),
    Fault(
        "an amount of many digits loses the first of them",
        "codec.entry_arrays:_amounts",
        "size > 5",
        "size > 99",
        FAST,
    ),
    Fault(
        "any byte is a digit",
        "codec.entry_arrays:_are_digits",
        "& _TOP_BITS == 0",
        "& _TOP_BITS >= 0",
        FAST,
    ),
    Fault(
        "a line may hold a carriage return anywhere",
        "codec.entry_arrays:_Spans.of",
        'text[returns + 1] != ord("\\n")',
        "returns < 0",
        FAST,
    ),
    Fault(
        "any chapter exists",
        "codec.entry_arrays:_products",
        "(number < 77 * chapter) | (number >= 78 * chapter)",
        "number > 0",
        FAST,
    ),
    Fault(
        "any three letters are an economy",
        "codec.entry_arrays:_exporters",
        "& (number >= 0)",
        "",
        FAST,
    ),
    Fault(
        "a code loses its zero",
        "undo.entries:_Products.__missing__",
        "{digits:0{LONGEST_CODE}d}",
        "{digits:d}",
        WRITTEN,
    ),
)
