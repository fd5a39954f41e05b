import asyncio

import pytest

from bench.load import Aim, AnswerWrong, load

BODY = b"<ask><id>00000000</id></ask>"
GOOD = b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n<found/>"


class Server:
    """Answers every question with the same bytes, in two pieces."""

    def __init__(self, answer):
        self.answer, self.questions, self.connections = answer, [], 0

    async def serve(self, reader, writer):
        self.connections += 1
        while head := await reader.readuntil(b"\r\n\r\n"):
            assert b"POST /path HTTP/1.1\r\n" in head
            self.questions.append(await reader.readexactly(len(BODY)))
            writer.write(self.answer[:25])
            await asyncio.sleep(0)
            writer.write(self.answer[25:])

    async def quietly(self, reader, writer):
        try:
            await self.serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def under_load(answer, answers=50):
    server = Server(answer)
    listening = await asyncio.start_server(server.quietly, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        aim = Aim("127.0.0.1", port, "/path", BODY, b"00000000", b"<found/>")
        return server, await load(aim, answers, connections=4)


async def test_each_question_has_an_id_of_its_own_and_connections_stay_open():
    server, run = await under_load(GOOD)
    assert (run.answers, server.connections) == (50, 4)
    assert len(set(server.questions)) == 50
    assert all(len(each) == len(BODY) for each in server.questions)
    assert run.wait(0.5) <= run.wait(0.95) <= max(run.waits)


@pytest.mark.parametrize(
    "wrong",
    [
        GOOD.replace(b"200 OK", b"500 No"),
        GOOD.replace(b"<found/>", b"<fault/>"),
        GOOD.replace(b"content-length", b"content-langth"),
        GOOD + b"HTTP/1.1 200 OK\r\n",
        b"x" * 20_000,
    ],
)
async def test_a_wrong_answer_ends_the_load(wrong):
    with pytest.raises(AnswerWrong):
        await under_load(wrong)
