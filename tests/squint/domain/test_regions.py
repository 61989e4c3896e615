import pytest

from squint.domain.regions import Region, read_region


def test_a_region_is_read_as_it_is_written():
    region = Region(12, 0, 640, 480)
    assert read_region(str(region)) == region
    assert read_region(" 1, 2,30 ,40 ") == Region(1, 2, 30, 40)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "-1,2,3,4", "1.5,2,3,4", "a,b,c,d", "1,2,3,999999"])
def test_other_text_is_no_region(text):
    with pytest.raises(ValueError, match="no left,top,width,height"):
        read_region(text)


def test_what_is_wrong_with_a_region_is_told():
    assert Region(0, 0, 100, 100).fault(100, 100) == ""
    assert "in frames of 100 by 100 px" in Region(1, 0, 100, 100).fault(100, 100)
    assert "in frames of 99 by 100 px" in Region(0, 0, 100, 100).fault(99, 100)
    assert "smaller than 16 by 16" in Region(0, 0, 15, 100).fault(100, 100)
