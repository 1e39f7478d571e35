"""The garbage collector waits while something is compiled, and only then."""

import gc

import pytest

from compilers.collection import put_off


def test_it_waits_for_the_outermost() -> None:
    with put_off():
        with put_off():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_comes_back_after_an_error() -> None:
    with pytest.raises(ValueError, match="no"), put_off():
        raise ValueError("no")
    assert gc.isenabled()


def test_it_stays_off_where_it_was() -> None:
    gc.disable()
    try:
        with put_off():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
