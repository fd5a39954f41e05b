"""The published table of outages is whole, and says that nothing was lost and nothing registered twice."""

from tests.outage.table import CELLS, PAGE, Cell, Count, published, read_counts, republish, write_down


def test_every_outage_has_its_row_and_none_lost_or_registered_anything_twice() -> None:
    counts = published(PAGE.read_text(encoding="utf-8"))
    assert list(counts) == list(CELLS)
    for cell, count in counts.items():
        filed = len(cell.due)
        assert count == Count(accepted=filed, registered=filed, lost=0, twice=0), cell


def test_what_was_counted_replaces_the_published_rows_and_nothing_else(tmp_path) -> None:
    page, file = PAGE.read_text(encoding="utf-8"), tmp_path / "counted.jsonl"
    for number, cell in enumerate(CELLS):
        write_down(file, cell, Count(number + 1, number, 1, 0))
    write_down(file, Cell(CELLS[0].away, CELLS[0].seconds), Count(9, 9, 0, 0))  # counted again
    written = republish(page, read_counts(file))
    assert published(written) == read_counts(file)
    assert published(written)[CELLS[0]] == Count(9, 9, 0, 0)
    assert republish(written, published(page)) == page
