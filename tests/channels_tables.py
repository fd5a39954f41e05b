"""The tables of the channels as every revision leaves them, for portals and windows that are laid out in tests."""

from gateway.courier import UNMARKED_OF_DEPARTMENT
from gateway.flows.arm.hand_overs import HANDED_OVER, WAITING_RESULTS
from gateway.flows.arm.intakes import ARM, OPEN_AT_WINDOWS
from gateway.flows.arm.overview import OVERVIEW
from gateway.flows.arm.registers import REGISTERS
from gateway.flows.arm.tickets import TICKETS
from gateway.flows.kept_drafts import KEPT_DRAFTS
from gateway.flows.office_choice import OFFICE_CHOICE
from gateway.flows.rooms import SQL_FILES
from gateway.flows.supplement_rows import SUPPLEMENTS
from gateway.migrations import ACTION_KIND

_PORTAL = (*SQL_FILES, ACTION_KIND, SUPPLEMENTS, OFFICE_CHOICE)
_WINDOWS = (ARM, TICKETS, HANDED_OVER, OVERVIEW, REGISTERS)
_LATER = (UNMARKED_OF_DEPARTMENT, OPEN_AT_WINDOWS, WAITING_RESULTS, KEPT_DRAFTS)
TABLES = tuple(map(str, (*_PORTAL, *_WINDOWS, *_LATER)))
