"""The table of planted faults, by the part of the package that they break."""

from tests.faults.answers import ANSWERS
from tests.faults.record import RECORD
from tests.faults.refunds import REFUNDS
from tests.faults.timelines import TIMELINES

FAULTS = (*TIMELINES, *ANSWERS, *RECORD, *REFUNDS)
