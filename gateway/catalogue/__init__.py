"""The services as data: their model, the working calendar and the offices."""

from gateway.catalogue.act import Act
from gateway.catalogue.calendar import WorkingCalendar
from gateway.catalogue.errors import CatalogueError, CatalogueFileError, NoOfficeOfBody, UnknownOffice, UnknownService
from gateway.catalogue.flow import Flow, FlowStep, StepRef
from gateway.catalogue.form import (
    DocumentKind,
    FieldType,
    FormField,
    FormProblem,
    FormProblemCode,
    FormReading,
    MediaType,
    check_document,
    check_form,
)
from gateway.catalogue.load import Catalogue, load_catalogue
from gateway.catalogue.model import Notification, Service
from gateway.catalogue.office import Office, OfficeHours
from gateway.catalogue.procedure import Action, Procedure, ProcedureStep
from gateway.catalogue.result import ResultKind
from gateway.catalogue.result_date import result_due
from gateway.catalogue.terms import (
    ApplicantKind,
    Body,
    Channel,
    Check,
    CountedFrom,
    Duration,
    HandOver,
    Lines,
    NoticeFact,
    Outcome,
    Party,
    Role,
    StepKind,
    Unit,
    Verb,
)

__all__ = [
    "Act",
    "Action",
    "ApplicantKind",
    "Body",
    "Catalogue",
    "CatalogueError",
    "CatalogueFileError",
    "Channel",
    "Check",
    "CountedFrom",
    "DocumentKind",
    "Duration",
    "FieldType",
    "Flow",
    "FlowStep",
    "FormField",
    "FormProblem",
    "FormProblemCode",
    "FormReading",
    "HandOver",
    "Lines",
    "MediaType",
    "NoOfficeOfBody",
    "NoticeFact",
    "Notification",
    "Office",
    "OfficeHours",
    "Outcome",
    "Party",
    "Procedure",
    "ProcedureStep",
    "ResultKind",
    "Role",
    "Service",
    "StepKind",
    "StepRef",
    "Unit",
    "UnknownOffice",
    "UnknownService",
    "Verb",
    "WorkingCalendar",
    "check_document",
    "check_form",
    "load_catalogue",
    "result_due",
]
