"""Pictures: each kind is written, in the format of its file name, and refused where there is nothing to draw."""

import pytest

import derivations

pytest.importorskip("matplotlib")

from derivations.subjects.networks.plots import NothingToPlot


@pytest.mark.parametrize(
    ("what", "suffix", "mark"),
    [("", "png", b"\x89PNG"), ("conv1.F", "svg", b"<?xml"), ("receptive-field", "pdf", b"%PDF")],
)
def test_every_picture_is_written_in_the_format_of_its_name(tmp_path, what, suffix, mark):
    path = tmp_path / f"picture.{suffix}"
    derivations.network("alexnet-2012").plot(path, what)
    assert path.read_bytes().startswith(mark)


@pytest.mark.parametrize("what", ["", "receptive-field"])
def test_letters_cannot_be_plotted(tmp_path, what):
    with pytest.raises(NothingToPlot, match="elman"):
        derivations.network("elman").plot(tmp_path / "x.png", what)
