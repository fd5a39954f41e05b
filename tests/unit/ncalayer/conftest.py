import pytest

from gateway.clock import ManualClock
from simulators.ncalayer.connection import Connection
from simulators.ncalayer.dialog import Automatic, Question
from simulators.ncalayer.program import Caller, Program
from simulators.ncalayer.timestamps import NoTimestamper
from tests.unit.ncalayer.keys import NOW, PASSWORD, ring


class Asked:
    """Answers for the person and remembers what was asked."""

    def __init__(self, key_id: str | None = "umit-sign", password: str = PASSWORD) -> None:
        self.key_id = key_id
        self.password = password
        self.questions: list[Question] = []

    def __call__(self, question: Question) -> tuple[str, str] | None:
        self.questions.append(question)
        return (self.key_id, self.password) if self.key_id else None


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def program(asked: Asked) -> Program:
    return Program(Automatic(ring(), asked), ManualClock(NOW), NoTimestamper())


@pytest.fixture
def connection(program: Program) -> Connection:
    return Connection(program, Caller("http://127.0.0.1:8080"), version="1.4")
